"""Bytes of a code against quality, with a slider: shown without a kernel, by ``book/scripts/bytes_curve.js``."""

import html
import json
from collections.abc import Mapping

from zsr_lib.errors import BadInputError

Curves = Mapping[str, Mapping[str, Mapping[int, float]]]
"""Name of a set of codes → way to shorten them → bytes of a code → quality, 0 … 1."""


def bytes_curve(curves: Curves, metrics: Mapping[str, str]) -> str:
    """HTML for a page; where the script is missing it shows a sentence.

    Args:
        curves: What is shown; the first set of codes is shown first.
        metrics: Set of codes → name of what its quality is measured by.

    Raises:
        BadInputError: There is no curve, a code takes no byte, or a quality is not from 0 to 1.
    """
    points = [(size, value) for ways in curves.values() for way in ways.values() for size, value in way.items()]
    if not points or min(points)[0] < 1 or not all(0 <= value <= 1 for _, value in points):
        raise BadInputError("these are no curves of bytes and quality.", "give bytes of 1 or more, and 0 … 1 for each.")
    content = [
        {
            "name": name,
            "metric": metrics[name],
            "ways": [
                {"name": way, "points": [[size, round(value, 4)] for size, value in sorted(each.items())]}
                for way, each in ways.items()
            ],
        }
        for name, ways in curves.items()
    ]
    data = html.escape(json.dumps(content, separators=(",", ":"), ensure_ascii=False), quote=True)
    words = "Here a slider sets the bytes that a photo may take, once its script has run."
    return f'<div class="zsr-bytes" data-curves="{data}"><p>{words}</p></div>'
