"""The system that ships with the package; README.md beside this file says what it can and cannot do."""

from pathlib import Path

DEFAULT_MODEL = Path(__file__).parent
