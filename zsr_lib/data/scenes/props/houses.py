"""Houses with pitched roofs, sheds, and large flat-roofed blocks."""

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.geometry import place
from zsr_lib.data.scenes.scene import Scene

RIGHT = 1.57079632679


def gable(
    scene: Scene,
    x: float,
    y: float,
    length: float,
    width: float,
    angle: float,
    paint: str = "roof",
    top: float = 5.0,
    ink: int = 3,
    ridge_ink: int | None = None,
    like: int = 0,
) -> None:
    """A pitched roof: two slopes that catch the light differently, meeting in a ridge along `angle`."""
    a, b = length / 2, width / 2
    scene.area(place([(-a, -b), (a, -b), (a, b), (-a, b)], x, y, angle), paint, top - 0.8, ink, like=like)
    scene.area(place([(-a, -b), (a, -b), (a, 0), (-a, 0)], x, y, angle), paint, top, facing=angle - RIGHT, like=1)
    scene.area(place([(-a, 0), (a, 0), (a, b), (-a, b)], x, y, angle), paint, top, facing=angle + RIGHT, like=2)
    scene.stroke(place([(-a, 0), (a, 0)], x, y, angle), ridge_ink)


def house(scene: Scene, dice: Dice, x: float, y: float) -> None:
    """A family house, sometimes with a wing at right angles, a drive or a pool."""
    angle = dice.pick((0.0, RIGHT)) + dice.bell(0.08)
    length, width = dice.uniform(11, 16), dice.uniform(8, 10)
    if dice.chance(0.3):
        scene.block(x, y + width * 0.8, 7, 9, angle, "kerb")
    if dice.chance(0.15):
        scene.block(x + length * 0.6, y, 4, 8, angle, "pool")
    gable(scene, x, y, length, width, angle)
    if dice.chance(0.5):
        wing_x, wing_y = place([(length * 0.25, width * 0.35)], x, y, angle)[0]
        gable(scene, wing_x, wing_y, width * 1.1, length * 0.4, angle + RIGHT, like=4)


def shed(scene: Scene, dice: Dice, x: float, y: float) -> None:
    """A small flat-roofed outbuilding."""
    scene.block(x, y, dice.uniform(3, 7), dice.uniform(3, 5), dice.uniform(0, 1.6), "flatroof", dice.uniform(2.5, 4), 3)
