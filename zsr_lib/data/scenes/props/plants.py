"""Trees and bushes."""

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.geometry import blob, circle, turn
from zsr_lib.data.scenes.scene import Scene

NEIGHBOUR = 3
"""Ink level of things beside the subject: only few hands draw them."""


def tree(scene: Scene, dice: Dice, x: float, y: float, radius: float) -> None:
    """A tree of crown radius `radius` metres: a lumpy crown of lobes that face all ways and catch the light."""
    tall = radius * dice.uniform(1.3, 2.4)
    scene.area(blob(dice, x, y, radius, 0.2, 8), "crown", tall * 0.8, NEIGHBOUR)
    first = dice.uniform(0, 6.28)
    for lobe in range(4):
        heading = first + lobe * 1.5708
        c, s = turn(heading)
        reach = radius * dice.uniform(0.3, 0.5)
        scene.area(
            circle(x + c * reach, y + s * reach, radius * dice.uniform(0.38, 0.52), 8), "crown", tall, facing=heading
        )


def bush(scene: Scene, dice: Dice, x: float, y: float, radius: float) -> None:
    """A low plant without structure."""
    scene.area(blob(dice, x, y, radius, 0.25, 6), "bush", radius * 0.9)


def grove(scene: Scene, dice: Dice, x: float, y: float, spread: float, count: int) -> None:
    """`count` trees scattered around (x, y) with standard deviation `spread` metres."""
    for _ in range(count):
        tree(scene, dice, x + dice.bell(spread), y + dice.bell(spread), dice.uniform(2.5, 5.5))
