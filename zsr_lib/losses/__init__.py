"""One loss per file: a pure function and a thin module."""
