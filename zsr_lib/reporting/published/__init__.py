"""Other people's numbers as data: one row per printed value, with what is known about its protocol."""

from zsr_lib.reporting.published.number import NOT_STATED, Footnote, Number
from zsr_lib.reporting.published.reading import Published, datasets, matching, numbers_on, published, system_named

__all__ = [
    "NOT_STATED",
    "Footnote",
    "Number",
    "Published",
    "datasets",
    "matching",
    "numbers_on",
    "published",
    "system_named",
]
