"""A baseball diamond: a fan of bare earth around a square of bases, in a mown outfield."""

from zsr_lib.data.scenes.geometry import Points, arc, box, circle, place
from zsr_lib.data.scenes.props.houses import gable
from zsr_lib.data.scenes.registry import ANY_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene

QUARTER = 0.785398163


@recipe("baseballdiamond", span=(70, 150), grounds=(*ANY_GROUND, "grass"), around=("trees", "bushes", "houses", "cars"))
def baseballdiamond(scene: Scene) -> None:
    """Lays outfield and fence, infield, bases, lines and stands; home plate lies at the fan's corner."""
    dice = scene.dice
    base = dice.uniform(0.16, 0.27) * scene.span
    home_x = -base * dice.uniform(0.6, 1.1)
    fence = base * dice.uniform(2.6, 4.0)

    def at(points: Points) -> Points:
        return place(points, home_x)

    wing = dice.uniform(0.5, 0.9)
    field = [(-0.5 * base, -wing * base), *arc(0, 0, fence, -QUARTER, QUARTER, 18), (-0.5 * base, wing * base)]
    scene.area(at(field), "lawn", 0.0, 1)
    if dice.chance(0.6):
        scene.strip(at(arc(0, 0, fence * 0.96, -QUARTER, QUARTER, 18)), base * 0.16, "dirt")
    _infield(scene, base, home_x)
    for side in (-QUARTER, QUARTER):
        scene.mark(at(place([(0, 0), (fence * dice.uniform(0.5, 0.98), 0)], angle=side)), 0.5, ink=0)
    _behind_home(scene, base, home_x)


def _behind_home(scene: Scene, base: float, home_x: float) -> None:
    """The backstop fence around home plate, and the two dugouts."""
    net = [(0.3, -0.9), (-0.35, -0.3), (-0.35, 0.3), (0.3, 0.9)]
    if scene.dice.chance(0.6):
        scene.mark(place(net, home_x, scale=base), 0.7, "steel", 4.0, ink=1)
    if scene.dice.chance(0.5):
        x, long, wide = home_x + base * 0.5, base * 0.5, base * 0.14
        for side in (-1, 1):
            gable(scene, x, side * base * 0.95, long, wide, side * QUARTER, "flatroof", 3.0, 2)


def _infield(scene: Scene, base: float, home_x: float) -> None:
    """The earth fan, with or without a grass square, the mound, home plate and the bases."""
    dice = scene.dice
    middle = home_x + base * 0.707
    reach = base * dice.uniform(0.92, 1.08)
    bulge = dice.uniform(1.1, 1.4)
    fan = [(home_x - base * 0.14, 0.0), *arc(middle - base * 0.1, 0, reach, -bulge * 1.15, bulge * 1.15, 20)]
    full = dice.chance(0.45)
    scene.area(fan, "dirt", 0.0, 0)
    if full:
        scene.area(box(middle, 0, base * 0.9, base * 0.9, QUARTER), "lawn", 0.0, 0)
    scene.disc(home_x, 0, base * dice.uniform(0.13, 0.19), "dirt", 0.0, 1)
    scene.disc(middle, 0, base * 0.1, "dirt" if full else "bunker", 0.3, 1)
    square = place([(0, 0), (base, 0), (base, base), (0, base)], home_x, 0, -QUARTER)
    for x, y in square:
        scene.area(circle(x, y, base * 0.035, 4), "marking", 0.0, 1)
    if not full and dice.chance(0.7):
        scene.stroke([*square, square[0]], 1)
