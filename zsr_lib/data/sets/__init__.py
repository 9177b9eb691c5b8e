"""One data set per file; each module has a ``SOURCE``."""
