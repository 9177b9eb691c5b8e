"""Cars, lorries and boats, at their true sizes."""

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.geometry import Points, place, turn
from zsr_lib.data.scenes.scene import Scene


def car(scene: Scene, dice: Dice, x: float, y: float, angle: float, base: float = 0.0, ink: int = 3) -> None:
    """A passenger car standing on a surface `base` metres high, its nose along `angle`."""
    length, width = dice.uniform(4.0, 5.2), dice.uniform(1.8, 2.1)
    scene.block(x, y, length, width, angle, "car", base + 1.3, ink)
    c, s = turn(angle)
    scene.block(x - 0.2 * c, y - 0.2 * s, length * 0.5, width * 0.82, angle, "glass", base + 1.4)
    scene.block(x - 0.3 * c, y - 0.3 * s, length * 0.3, width * 0.8, angle, "car", base + 1.5, like=2)


def lorry(scene: Scene, dice: Dice, x: float, y: float, angle: float, base: float = 0.0, ink: int = 3) -> None:
    """A lorry with a cab and a box body, its nose along `angle`."""
    length = dice.uniform(8.0, 15.0)
    c, s = turn(angle)
    scene.block(x, y, length, 2.6, angle, "lorry", base + 3.6, ink)
    ahead = length / 2 + 1.5
    scene.block(x + c * ahead, y + s * ahead, 2.2, 2.4, angle, "car", base + 2.8, ink)


def boat(scene: Scene, dice: Dice, x: float, y: float, angle: float, length: float, ink: int = 1) -> None:
    """A moored boat of `length` metres, its bow along `angle`."""
    half = length * dice.uniform(0.14, 0.19)
    a = length / 2
    hull: Points = [
        (-a, -half * 0.8),
        (a * 0.25, -half),
        (a * 0.72, -half * 0.6),
        (a, 0),
        (a * 0.72, half * 0.6),
        (a * 0.25, half),
        (-a, half * 0.8),
    ]
    scene.area(place(hull, x, y, angle), "boat", 1.2, ink)
    c, s = turn(angle)
    if dice.chance(0.75):
        ahead = length * dice.uniform(-0.22, 0.0)
        scene.block(x + c * ahead, y + s * ahead, length * dice.uniform(0.25, 0.45), half * 1.2, angle, "deck", 2.0)
    if dice.chance(0.4):
        scene.block(x + c * a * 0.2, y + s * a * 0.2, length * 0.14, half, angle, "glass", 2.2)
