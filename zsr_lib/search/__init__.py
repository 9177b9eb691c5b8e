"""Sketch search over one's own archive: embed pictures, keep their codes on disk, ask with a sketch."""
