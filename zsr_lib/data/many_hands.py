"""Generated sketches by many more hands than the data set's: plainer, sloppier, unfinished, with every pen.

The generated data set draws each scene carefully. Here its strokes are drawn again as by somebody who has half
a minute: the longest few, sometimes not all of them yet, out of proportion, bent and slanted. Data sets and their
checksums stay as they are.
"""

import numpy as np

from zsr_lib.data.ink import SIDE, inked
from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.sketch import sketch_strokes

FIRST = 1000
"""Of the instances that are drawn: data sets of fewer scenes a class have none of them."""
SHORTEST = 0.3
"""Length of all strokes, in sides of the sheet, below which the usual hand's drawing is kept."""
PENS = (2, 3, 4, 4, 5, 6, 8, 10)


def sketch_by_many(name: str, seed: int, index: int, side: int = SIDE) -> np.ndarray:
    """Sketch `index` of a class of generated scenes, by one of many hands: (side, side, 3) uint8."""
    dice = Dice(name, seed, index, "many hands")
    strokes = sketch_strokes(name, seed, FIRST + index)
    drawn = _bent(_chosen(strokes, dice), dice)
    if sum(map(_length, drawn)) < SHORTEST:
        drawn = strokes
    pixels = [(stroke[:, 0] * SIDE, stroke[:, 1] * SIDE) for stroke in drawn]
    return inked(pixels, dice.pick(PENS), side)


def _length(stroke: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(stroke, axis=0), axis=1).sum())


def _chosen(strokes: list[np.ndarray], dice: Dice) -> list[np.ndarray]:
    """The longest few in the order of drawing, perhaps the first of them only."""
    places = list(range(len(strokes)))
    if dice.chance(0.6):
        longest = sorted(places, key=lambda place: -_length(strokes[place]))
        places = sorted(longest[: dice.whole(2, 9)])
    if places and dice.chance(0.25):
        places = places[: dice.whole(1, len(places))]
    return [strokes[place] for place in places]


def _bent(strokes: list[np.ndarray], dice: Dice) -> list[np.ndarray]:
    """Each stroke set and turned a little wrongly, then the whole sheet slanted, squeezed and waved."""
    slant = _turn(dice.bell(0.12)) @ np.array([[1, dice.bell(0.12)], [0, 1]])
    slant = slant @ np.diag([dice.uniform(0.75, 1.15), dice.uniform(0.75, 1.15)])
    middle = np.array([dice.bell(0.05), dice.bell(0.05)]) + 0.5
    sloppy = dice.uniform(0, 0.02)
    waves = np.array([[dice.bell(0.02) for _ in range(4)] for _ in range(2)])
    phases = np.array([dice.uniform(0, 2 * np.pi) for _ in range(4)])
    drawn = []
    for stroke in strokes:
        own = stroke.mean(axis=0)
        off = np.array([dice.bell(sloppy), dice.bell(sloppy)])
        points = (stroke - own) @ _turn(dice.bell(4 * sloppy)).T * (1 + dice.bell(3 * sloppy)) + own + off - 0.5
        angles = np.concatenate([3 * points, 6 * points], axis=1) + phases
        drawn.append((points + np.sin(angles) @ waves.T) @ slant.T + middle)
    return drawn


def _turn(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])
