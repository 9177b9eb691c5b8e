"""Claims, references, the number gate and provenance."""
