"""Experiments: a YAML file → runs → run records → tables."""
