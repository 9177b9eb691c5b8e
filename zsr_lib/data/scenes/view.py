"""Where the camera hangs, or how the sheet of paper lies: from metres to the unit square."""

from dataclasses import dataclass

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.geometry import Points, place

QUARTER = 1.5707963267948966


@dataclass(frozen=True)
class View:
    """A square window onto a scene.

    Attributes:
        angle: Turn of the scene in the picture, in radians.
        dx: Shift of the scene's centre to the right, as a share of the picture.
        dy: Shift of the scene's centre downwards, as a share of the picture.
        span: Metres from side to side.
    """

    angle: float
    dx: float
    dy: float
    span: float

    def to_unit(self, points: Points) -> Points:
        """`points` in metres to the unit square (0, 0 = top left); some may fall outside."""
        return place(points, 0.5 + self.dx, 0.5 + self.dy, self.angle, 1.0 / self.span)


def draw_view(dice: Dice, span: float) -> View:
    """A view at random: any turn (a third of them near a multiple of 90°), the subject a little off the centre."""
    square = dice.chance(0.35)
    angle = QUARTER * dice.whole(0, 3) + dice.uniform(-0.07, 0.07) if square else dice.uniform(0, 4 * QUARTER)
    return View(angle, dice.bell(0.055), dice.bell(0.055), span)
