"""One class of scenes per file; a new file with a decorated function is a new class."""
