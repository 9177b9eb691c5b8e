"""A river: a winding band of water of changing width between banks, with bars, islands and trees."""

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.geometry import Points, blob, shift, smooth
from zsr_lib.data.scenes.props.plants import bush, tree
from zsr_lib.data.scenes.registry import ANY_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene


@recipe("river", span=(80, 170), grounds=(*ANY_GROUND, "grass"), around=("trees", "bushes", "houses"))
def river(scene: Scene) -> None:
    """Lays the bank, the water, sand bars or an island, ripples, and a fringe of trees along the water."""
    dice, span = scene.dice, scene.span
    wind = dice.uniform(0.08, 0.26) * span
    course = _course(dice, span, wind)
    width = dice.uniform(0.13, 0.3) * span
    widths = _varied(dice, len(course), width)
    wet = dice.pick(("water", "water", "water", "water", "water", "gravel"))
    scene.strip(course, [w * dice.uniform(1.15, 1.6) for w in widths], dice.pick(("bank", "meadow", "scrub", "dry")))
    scene.strip(course, widths, wet, -1.0, 0)
    if dice.chance(0.5):
        scene.stain(shift(course, dice.bell(0.2) * width), width * 0.4, dice.uniform(0.05, 0.2))
    if dice.chance(0.3):
        x, y = course[len(course) // 2 + dice.whole(-6, 6)]
        scene.area(
            blob(dice, x, y, width * dice.uniform(0.2, 0.32), 0.3, 9, 1.5), dice.pick(("bank", "grass", "sand")), 0.3, 1
        )
    for side in (-1, 1):
        _fringe(scene, shift(course, [side * w / 2 for w in widths]), side, dice.uniform(0.0, 1.0))
    for _ in range(dice.whole(4, 12)):
        start = dice.whole(len(course) // 5, len(course) * 4 // 5)
        line = shift(course, dice.uniform(-0.3, 0.3) * width)[start : start + dice.whole(4, 7)]
        scene.stroke(line, dice.pick((0, 1)))


def _course(dice: Dice, span: float, wind: float) -> Points:
    """The middle of the stream: bends to alternating sides."""
    side = dice.pick((-1, 1))
    step = dice.uniform(0.28, 0.5) * span
    bends: Points = [(i * step, (side if i % 2 else -side) * wind * dice.uniform(0.2, 1.2)) for i in range(-5, 6)]
    return smooth(bends, 3)


def _varied(dice: Dice, count: int, width: float) -> list[float]:
    """Widths that change slowly along the stream."""
    knots: Points = [(0.0, width * dice.uniform(0.7, 1.35)) for _ in range(7)]
    slow = smooth(knots, 5)
    return [slow[i * (len(slow) - 1) // (count - 1)][1] for i in range(count)]


def _fringe(scene: Scene, edge: Points, side: int, dense: float) -> None:
    """Trees and bushes along one bank."""
    dice = scene.dice
    for x, y in shift(edge, side * 2.5):
        for _ in range(2):
            if scene.shows(x, y) and dice.chance(dense):
                plant = tree if dice.chance(0.55) else bush
                px, py, radius = x + dice.bell(2.5), y + side * dice.uniform(0, 6), dice.uniform(1.6, 4.5)
                plant(scene, dice, px, py, radius)
                if dice.chance(0.08):
                    scene.area(blob(dice, px, py, scene.span * 0.03, 0.25, 8), None, 0.0, 1)
