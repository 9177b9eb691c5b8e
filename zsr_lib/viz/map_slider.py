"""Maps of the same points behind one slider: a page shows them without a kernel, by ``book/scripts/map_slider.js``."""

import html
import json
from collections.abc import Mapping, Sequence

import numpy as np

from zsr_lib.errors import BadInputError


def map_slider(maps: Mapping[str, np.ndarray], groups: Sequence[str], notes: Mapping[str, str], what: str) -> str:
    """HTML for a page; where the script is missing it shows a sentence.

    Args:
        maps: Name of each map, in the slider's order → (N, 2) places. Each map is fitted into the same square.
        groups: (N,) group of each point, which is its colour.
        notes: Name of a map → a line that stands beside it.
        what: What the slider changes, such as ``perplexity``.

    Raises:
        BadInputError: There is no map, or one has other points than there are groups.
    """
    if not maps or any(np.shape(each) != (len(groups), 2) for each in maps.values()):
        raise BadInputError("a slider needs maps of the same points.", "give (N, 2) places for each of the N groups.")
    names = list(dict.fromkeys(groups))
    content = {
        "what": what,
        "groups": [names.index(each) for each in groups],
        "names": names,
        "maps": [{"name": name, "note": notes[name], "points": _fitted(each)} for name, each in maps.items()],
    }
    data = html.escape(json.dumps(content, separators=(",", ":"), ensure_ascii=False), quote=True)
    words = f"Here a slider changes the {what}, once its script has run."
    return f'<div class="zsr-maps" data-maps="{data}"><p>{words}</p></div>'


def _fitted(places: np.ndarray) -> list[list[float]]:
    """Places in a square from 0 to 1, with one scale for both axes, the middle in the middle."""
    low, high = places.min(axis=0), places.max(axis=0)
    return np.round((places - (low + high) / 2) / max(float((high - low).max()), 1e-12) + 0.5, 3).tolist()
