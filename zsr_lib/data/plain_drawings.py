"""Plain drawings: what somebody who tries the search for the first time may draw, five of each class.

They are strokes in a file beside this one, made for this purpose in five manners: one author wrote them as lines,
circles and dashes in a script that shook them a little. No person's hand drew them. Nothing is trained on them: they
measure what the page promises. Those of seen classes took part in choosing the system that ships; those of its unseen
classes did not.
"""

import json
from pathlib import Path

import numpy as np

from zsr_lib.data.ink import PEN, Stroke, inked
from zsr_lib.data.items import ItemSet

FILE = Path(__file__).with_name("plain_drawings.json")


def plain_strokes() -> dict[str, list[list[Stroke]]]:
    """Class → its drawings, each a list of strokes."""
    return json.loads(FILE.read_text(encoding="utf-8"))["drawings"]


def plain_drawings(pen: float = PEN) -> ItemSet:
    """All of them in ink: (N, 256, 256, 3) pixels, class after class, of origin ``recipe``.

    Args:
        pen: Width of a line in pixels.
    """
    strokes = plain_strokes()
    made = [(label, number, each) for label, every in enumerate(strokes.values()) for number, each in enumerate(every)]
    names = tuple(strokes)
    ids = np.array([f"{names[label]}/plain/{number}" for label, number, _ in made])
    pixels = np.stack([inked(each, pen) for _, _, each in made])
    return ItemSet(ids, np.array([label for label, _, _ in made]), names, "sketch", "recipe", pixels=pixels)
