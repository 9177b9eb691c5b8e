"""One retrieval system per file, all behind one contract."""
