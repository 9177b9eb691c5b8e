"""Zero-shot sketch-based retrieval, remote sensing first.

Data flows one way: ``data → models → codes → evaluation → reporting → book``.
Importing this package does no work; each room is imported when it is needed.
"""

__version__ = "0.1.0"
