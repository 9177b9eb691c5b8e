"""Neighbours: what happens to stand near the subject and has nothing to do with its class."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.geometry import Point, blob, place, shift
from zsr_lib.data.scenes.props.houses import house, shed
from zsr_lib.data.scenes.props.plants import bush, tree
from zsr_lib.data.scenes.props.vehicles import car
from zsr_lib.data.scenes.scene import Part, Scene

GRID = 96
NATURAL = ("grass", "dry", "soil", "sand", "scrub")
Neighbour = Callable[[Scene, Dice, float, float], None]

KINDS: dict[str, tuple[Neighbour, float, int]] = {
    # drawing function, metres that it needs around its centre, greatest number of them
    "trees": (lambda scene, dice, x, y: tree(scene, dice, x, y, dice.uniform(2.2, 5.5)), 2.6, 42),
    "bushes": (lambda scene, dice, x, y: bush(scene, dice, x, y, dice.uniform(0.8, 2.2)), 1.2, 36),
    "houses": (lambda scene, dice, x, y: house(scene, dice, x, y), 9.0, 7),
    "sheds": (lambda scene, dice, x, y: shed(scene, dice, x, y), 4.0, 5),
    "cars": (lambda scene, dice, x, y: car(scene, dice, x, y, dice.uniform(0, 6.2)), 2.6, 12),
}


class Occupancy:
    """Which places of a scene are taken, on a coarse grid."""

    def __init__(self, scene: Scene) -> None:
        self._reach = scene.far
        image = Image.new("L", (GRID, GRID), 0)
        draw = ImageDraw.Draw(image)
        for part in scene.parts:
            if part.outline and part.paint not in (scene.ground, "meadow", "bank"):
                draw.polygon([(self._cell(x), self._cell(y)) for x, y in part.outline], fill=1)
        self._taken = np.array(image, dtype=bool)

    def _cell(self, metres: float) -> int:
        return int(min(max((metres / self._reach + 1) * 0.5, -1.0), 2.0) * GRID)

    def take(self, x: float, y: float, radius: float) -> bool:
        """Takes the square of half-width `radius` around (x, y); False, and nothing taken, if it is not free."""
        rows = slice(max(self._cell(y - radius), 0), self._cell(y + radius) + 1)
        columns = slice(max(self._cell(x - radius), 0), self._cell(x + radius) + 1)
        if self._taken[rows, columns].any():
            return False
        self._taken[rows, columns] = True
        return True


def surround(scene: Scene, kinds: tuple[str, ...], dice: Dice) -> None:
    """Lays patches of other ground under the subject and sets neighbours where the subject leaves room."""
    occupancy = Occupancy(scene)
    scene.parts[:0] = _patches(scene, dice)
    for kind in kinds:
        draw, radius, most = KINDS[kind]
        if dice.chance(0.2):
            continue
        for x, y in [spot for _ in range(2) for spot in _spots(dice, scene, most)]:
            if occupancy.take(x, y, radius):
                draw(scene, dice, x, y)
    if "trees" in kinds and dice.chance(0.2):
        for _ in range(dice.whole(1, 3)):
            tree(scene, dice, *_centre(dice, scene), dice.uniform(2.5, 5.0))


def _patches(scene: Scene, dice: Dice) -> list[Part]:
    """Patches of other ground, and perhaps a way that leads past."""
    if scene.ground not in NATURAL:
        return []
    laid = []
    if dice.chance(0.3):
        way = place(
            [(-2 * scene.far, 0), (2 * scene.far, dice.bell(0.1) * scene.far)],
            *_centre(dice, scene),
            dice.uniform(0, 6.2),
        )
        half = shift(way, dice.uniform(1.5, 3.5))
        laid = [Part(half + shift(way, -2.0)[::-1], dice.pick(("path", "road", "soil", "pavement")))]
    spots = [_centre(dice, scene) for _ in range(dice.whole(0, 3))]
    return laid + [
        Part(
            blob(dice, x, y, scene.span * dice.uniform(0.1, 0.4), 0.35, 9, dice.uniform(0.7, 1.5)),
            dice.pick(("meadow", "dry", "soil", "bank", "scrub")),
        )
        for x, y in spots
    ]


def _centre(dice: Dice, scene: Scene) -> Point:
    return dice.uniform(-0.6, 0.6) * scene.span, dice.uniform(-0.6, 0.6) * scene.span


def _spots(dice: Dice, scene: Scene, most: int) -> list[Point]:
    """Where neighbours of one kind might stand: in a thicket, along a line, or here and there."""
    count = int(most * min(dice.unit(), dice.uniform(0.2, 1.4)))
    how = dice.unit()
    (ax, ay), (bx, by) = _centre(dice, scene), _centre(dice, scene)
    if how < 0.45:
        spread = dice.uniform(0.06, 0.2) * scene.span
        return [(ax + dice.bell(spread), ay + dice.bell(spread)) for _ in range(count)]
    if how < 0.7:
        stray = 0.02 * scene.span
        places = [dice.uniform(-0.5, 1.5) for _ in range(count)]
        return [(ax + (bx - ax) * t + dice.bell(stray), ay + (by - ay) * t + dice.bell(stray)) for t in places]
    return [_centre(dice, scene) for _ in range(count // 2)]
