"""The system that ships with the package; README.md beside this file says what it can and cannot do."""

from pathlib import Path

DEFAULT_MODEL = Path(__file__).parent
IN_WORDS = (
    "the one that ships with zsr_lib: edges and their directions, trained on generated scenes, fused with the features "
    "of EfficientNet-Lite0 (ImageNet weights of Google, converted by ML Illustrated, Apache-2.0; cut after the last "
    "block and rounded to 16 bits)"
)
"""What the page calls it."""
LICENCE = DEFAULT_MODEL / "APACHE-2.0.txt"
"""Of the weights that a pip package brings; goes with every copy of them."""
