"""A drawing hand: how careful it is, and how its lines differ from the lines that it means."""

import itertools
from dataclasses import dataclass

import numpy as np

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.geometry import Points, turn

STEP = 0.01
"""Distance between the points of a stroke, as a share of the sheet."""


@dataclass(frozen=True)
class Hand:
    """One person's way of drawing, lengths as shares of the sheet.

    Attributes:
        care: Parts with `ink` up to this number are drawn.
        wobble: How far a line strays from where it should be.
        misplace: How far a whole part is set from where it should be.
        slip: How far the ends of a line may fall short or shoot over.
        corners: Whether the pen is lifted at corners.
        again: Chance that a line is traced twice.
        hatch: Chance that a small area is hatched.
        margin: Free border on each side of the sheet: left, top, right, bottom.
    """

    care: int
    wobble: float
    misplace: float
    slip: float
    corners: bool
    again: float
    hatch: float
    margin: tuple[float, float, float, float]


def draw_hand(dice: Dice) -> Hand:
    """A hand at random, from sparing to careful, from steady to shaky."""
    return Hand(
        care=dice.pick((0, 1, 1, 1, 1, 2, 2, 2, 2, 3)),
        wobble=dice.uniform(0.001, 0.006),
        misplace=dice.uniform(0.0, 0.008),
        slip=dice.uniform(0.002, 0.016),
        corners=dice.chance(0.6),
        again=dice.uniform(0.1, 0.6) if dice.chance(0.15) else 0.0,
        hatch=dice.uniform(0.4, 1.0) if dice.chance(0.12) else 0.0,
        margin=(dice.uniform(0.02, 0.13), dice.uniform(0.02, 0.13), dice.uniform(0.02, 0.13), dice.uniform(0.02, 0.13)),
    )


def dense(path: Points) -> np.ndarray:
    """Points at most `STEP` apart along a path: (M, 2) float64."""
    corners = np.array(path)
    gaps = np.sqrt(((corners[1:] - corners[:-1]) ** 2).sum(axis=1))
    counts = np.maximum(np.ceil(gaps / STEP).astype(np.int64), 1)
    owner = np.repeat(np.arange(len(counts)), counts)
    share = (np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[owner]
    between = corners[owner] + (corners[owner + 1] - corners[owner]) * share[:, None]
    return np.concatenate([between, corners[-1:]])


def at_corners(stroke: np.ndarray) -> list[np.ndarray]:
    """Splits a dense stroke where it turns by more than about 50°."""
    steps = stroke[1:] - stroke[:-1]
    sizes = np.sqrt((steps**2).sum(axis=1)) + 1e-12
    bend = (steps[1:] * steps[:-1]).sum(axis=1) / (sizes[1:] * sizes[:-1])
    cuts = np.flatnonzero(bend < 0.64) + 1
    edges = [0, *cuts.tolist(), len(stroke) - 1]
    return [stroke[a : b + 1] for a, b in itertools.pairwise(edges) if b > a]


def by_hand(stroke: np.ndarray, hand: Hand, dice: Dice) -> np.ndarray:
    """The stroke as the hand draws it: wavering, its ends too short or too long.

    Args:
        stroke: (M, 2) dense points.
        hand: Whose hand.
        dice: Random draws.

    Returns:
        (M, 2) float64 inside the unit square.
    """
    count = len(stroke)
    knots = max(count // 14, 1) + 2
    drift = np.array([[dice.bell(hand.wobble), dice.bell(hand.wobble)] for _ in range(knots)])
    place = np.arange(count) * ((knots - 1) / max(count - 1, 1))
    low = np.minimum(place.astype(np.int64), knots - 2)
    ease = (place - low)[:, None]
    ease = ease * ease * (3 - 2 * ease)
    drawn = stroke + drift[low] * (1 - ease) + drift[low + 1] * ease
    _slip_end(drawn, 0, hand, dice)
    _slip_end(drawn, -1, hand, dice)
    return np.clip(drawn, 0.0, 1.0)


def _slip_end(drawn: np.ndarray, end: int, hand: Hand, dice: Dice) -> None:
    """Moves one end along the line's own direction, outwards more often than inwards."""
    inner = drawn[min(3, len(drawn) - 1)] if end == 0 else drawn[max(-4, -len(drawn))]
    along = drawn[end] - inner
    size = float(np.sqrt((along**2).sum()))
    if size > STEP:
        drawn[end] += along / size * dice.uniform(-0.4 * hand.slip, hand.slip)


def hatching(outline: Points, gap: float, angle: float) -> list[Points]:
    """Parallel lines that fill a polygon.

    Args:
        outline: Closed polygon in the unit square.
        gap: Distance between the lines.
        angle: Their direction, in radians.

    Returns:
        Straight strokes of two points each.
    """
    c, s = turn(angle)
    level = [(c * x + s * y, c * y - s * x) for x, y in outline]
    rows = [v for _, v in level]
    lines: list[Points] = []
    v = min(rows) + gap * 0.6
    while v < max(rows):
        hits = sorted(
            a[0] + (v - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            for a, b in zip(level, level[1:] + level[:1], strict=True)
            if (a[1] > v) != (b[1] > v)
        )
        for u, w in zip(hits[::2], hits[1::2], strict=False):
            lines.append([(c * u - s * v, s * u + c * v), (c * w - s * v, s * w + c * v)])
        v += gap
    return lines
