"""An overpass: one road carried over another, its deck casting a shadow on what runs below."""

from zsr_lib.data.scenes.geometry import Points, box, place, shift
from zsr_lib.data.scenes.props.roads import Road, road
from zsr_lib.data.scenes.registry import ANY_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene

RIGHT = 1.57079632679


@recipe("overpass", span=(68, 120), grounds=(*ANY_GROUND, "concrete"), around=("trees", "bushes", "sheds"))
def overpass(scene: Scene) -> None:
    """Lays the lower road (one or two carriageways), the ramps' slopes, and the deck with its parapets above."""
    dice = scene.dice
    lower = scene.across(dice.bell(0.08) * scene.span, dice.pick((0.0, dice.bell(0.1))) * scene.span)
    kind = Road(
        lanes=dice.whole(2, 4),
        lane=dice.uniform(3.6, 4.4),
        shoulder=dice.uniform(1.0, 3.0),
        traffic=dice.uniform(1.0, 3.5),
        middle=None,
    )
    pair = dice.chance(0.65)
    apart = kind.width / 2 + dice.uniform(1.0, 7.0) if pair else 0.0
    if dice.chance(0.5):
        scene.strip(lower, 2 * apart + kind.width + 10, dice.pick(("gravel", "dry", "meadow", "bank")))
    for side in (-1, 1) if pair else (0,):
        road(scene, shift(lower, side * apart) if side else lower, kind)
    turned = RIGHT + dice.pick((0.0, dice.bell(0.25), dice.uniform(-0.7, 0.7)))
    upper = place(scene.across(0.0, dice.pick((0.0, 0.0, dice.bell(0.16))) * scene.span), angle=turned)
    top = dice.uniform(6.0, 9.0)
    if dice.chance(0.55):
        _embankments(scene, turned, apart + kind.width / 2)
    deck = Road(
        lanes=dice.whole(2, 5),
        lane=dice.uniform(3.6, 4.4),
        shoulder=dice.uniform(1.0, 2.5),
        top=top,
        traffic=dice.uniform(0.6, 3.0),
        middle=dice.pick(("yellow", "marking")),
    )
    road(scene, upper, deck, dice.pick((1, 1, 2)))
    for side in (-1, 1):
        rail = shift(upper, side * (deck.width / 2 - 0.3))
        scene.strip(rail, 0.9, "kerb", top + 1.0, 0)


def _embankments(scene: Scene, turned: float, half: float) -> None:
    """Paved slopes on both sides of the lower road, where the deck comes to rest."""
    dice = scene.dice
    paint, wide = dice.pick(("kerb", "gravel", "dry", "concrete")), dice.uniform(24, 40)
    for side in (-1, 1):
        slope: Points = box(side * (half + 8), 0, 11, wide, 0.0)
        scene.area(place(slope, angle=turned), paint, 2.0, 2, facing=turned + (0.0 if side < 0 else 2 * RIGHT))
