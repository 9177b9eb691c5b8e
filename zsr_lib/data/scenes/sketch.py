"""The scene as a person draws it: vector strokes, and the same in ink on paper."""

import numpy as np
from PIL import Image, ImageDraw

from zsr_lib.data.scenes.build import build, check_size
from zsr_lib.data.scenes.canvas import index_canvas
from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.geometry import Points, bounds
from zsr_lib.data.scenes.hand import Hand, at_corners, by_hand, dense, draw_hand, hatching
from zsr_lib.data.scenes.props.plants import NEIGHBOUR
from zsr_lib.data.scenes.scene import Part

SHEET = 256
ASIDE = 0.006
"""How far to both sides of a stroke one looks to see what covers it, as a share of the sheet."""


def sketch_strokes(name: str, seed: int, index: int, of_photo: bool = False) -> list[np.ndarray]:
    """A hand sketch of class `name` as vector strokes.

    Args:
        name: Class name.
        seed: Seed of the data set.
        index: Number of the sketch in its class, from 0.
        of_photo: Draw the very scene of photo `index`, as that photo shows it, instead of another instance.

    Returns:
        Strokes in drawing order, each (M, 2) float64 points (x, y) in the unit square, y downwards.

    Raises:
        UnknownNameError: No recipe has this name.
        BadInputError: Seed or index out of range.
    """
    return _strokes(name, seed, index, "photo" if of_photo else "sketch")


def render_sketch(name: str, seed: int, index: int, size: int = 64, of_photo: bool = False) -> np.ndarray:
    """The sketch of ``sketch_strokes`` in black ink on white.

    Args:
        name: Class name.
        seed: Seed of the data set.
        index: Number of the sketch in its class, from 0.
        size: Pixels from side to side, 16 to 256.
        of_photo: As for ``sketch_strokes``.

    Returns:
        (size, size, 3) uint8 RGB.

    Raises:
        UnknownNameError: No recipe has this name.
        BadInputError: Size, seed or index out of range.
    """
    check_size(size)
    role = "photo" if of_photo else "sketch"
    return _inked(_strokes(name, seed, index, role), size, Dice(name, seed, index, role, "pen"))


def _strokes(name: str, seed: int, index: int, role: str) -> list[np.ndarray]:
    dice = Dice(name, seed, index, role, "hand")
    hand = draw_hand(dice)
    instance = build(name, seed, index, role, alone=hand.care < NEIGHBOUR)
    parts = [part for part in instance.scene.parts if part.strokes and part.ink <= hand.care]
    outlines = [[] if part.thin else instance.view.to_unit(part.outline) for part in parts]
    top = index_canvas(outlines, SHEET)
    names = {part.merge: number for number, part in enumerate(parts) if part.merge}
    groups = np.array([-1, *(names.get(part.merge, number) for number, part in enumerate(parts))])
    strokes: list[np.ndarray] = []
    for number, (part, outline) in enumerate(zip(parts, outlines, strict=True)):
        off = np.array([dice.bell(hand.misplace), dice.bell(hand.misplace)])
        for path in part.strokes:
            line = dense(instance.view.to_unit(path))
            seen = _inside(line, hand) & ~_hidden(line, number, part, top, groups)
            strokes += _drawn(line, seen, off, hand, dice)
        if not part.thin and _small(outline) and dice.chance(hand.hatch):
            for path in hatching(outline, dice.uniform(0.02, 0.035), dice.uniform(0.6, 1.0)):
                line = dense(path)
                seen = _inside(line, hand) & ~_covered(_both_sides(line, top), number)
                strokes += _drawn(line, seen, off, hand, dice)
    return strokes


def _inside(line: np.ndarray, hand: Hand) -> np.ndarray:
    left, upper, right, lower = hand.margin
    x, y = line[:, 0], line[:, 1]
    return (x >= left) & (x <= 1 - right) & (y >= upper) & (y <= 1 - lower)


def _small(outline: Points) -> bool:
    left, upper, right, lower = bounds(outline)
    return 0.0005 < (right - left) * (lower - upper) < 0.08


def _both_sides(line: np.ndarray, top: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The topmost part (−1 for none) a little to the left and to the right of each point of a line."""
    along = np.empty_like(line)
    along[1:-1], along[0], along[-1] = line[2:] - line[:-2], line[1] - line[0], line[-1] - line[-2]
    size = np.sqrt((along**2).sum(axis=1, keepdims=True)) + 1e-12
    aside = along[:, ::-1] / size * np.array([-ASIDE, ASIDE])
    found = []
    for points in (line + aside, line - aside):
        pixels = np.clip((points * SHEET).astype(np.int64), 0, SHEET - 1)
        found.append(top[pixels[:, 1], pixels[:, 0]] - 1)
    return found[0], found[1]


def _covered(sides: tuple[np.ndarray, np.ndarray], number: int) -> np.ndarray:
    return (sides[0] > number) & (sides[1] > number)


def _hidden(line: np.ndarray, number: int, part: Part, top: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Which points no hand draws: those under later parts, and seams inside of a merged silhouette."""
    sides = _both_sides(line, top)
    covered = _covered(sides, number)
    if not part.merge or part.thin:
        return covered
    own = groups[number + 1]
    first, second = groups[sides[0] + 1] == own, groups[sides[1] + 1] == own
    return (first & second) | (covered & ~first & ~second)


def _drawn(line: np.ndarray, seen: np.ndarray, off: np.ndarray, hand: Hand, dice: Dice) -> list[np.ndarray]:
    """The seen stretches of a line, as the hand draws them."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(np.int8)))
    strokes = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - begin < 3 and end - begin < len(line):
            continue
        stretch = line[begin:end] + off
        for piece in at_corners(stretch) if hand.corners and len(stretch) > 2 else [stretch]:
            strokes.append(by_hand(piece, hand, dice))
            if dice.chance(hand.again):
                strokes.append(by_hand(piece, hand, dice))
    return strokes


def _inked(strokes: list[np.ndarray], size: int, dice: Dice) -> np.ndarray:
    """Draws strokes with a pen of varying pressure: (size, size, 3) uint8."""
    scale = max(2, -(-SHEET // size))
    side = size * scale
    # A pen thinner than about a pixel would fade away on small sheets.
    pen = max(dice.uniform(0.004, 0.013) * side, 0.6 * scale)
    ink = dice.whole(0, 60)
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        pixels = [(round(x * side), round(y * side)) for x, y in stroke.tolist()]
        for begin in range(0, max(len(pixels) - 1, 1), 9):
            width = max(round(pen * dice.uniform(0.8, 1.2)), 1)
            draw.line(pixels[begin : begin + 10], fill=ink, width=width, joint="curve")
    return np.repeat(np.asarray(image.reduce(scale))[..., None], 3, axis=2)
