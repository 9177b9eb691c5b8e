"""The system that ships with the package; README.md beside this file says what it can and cannot do."""

from pathlib import Path

DEFAULT_MODEL = Path(__file__).parent
IN_WORDS = "edges and their directions, fused with an ImageNet network's features (the system that ships with zsr_lib)"
"""What the page calls it."""
