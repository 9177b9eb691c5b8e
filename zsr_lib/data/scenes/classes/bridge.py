"""A bridge: a road on a deck that crosses a broad water from bank to bank."""

from zsr_lib.data.scenes.geometry import Points, blob, shift, smooth, walk
from zsr_lib.data.scenes.props.roads import Road, road
from zsr_lib.data.scenes.registry import ANY_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene

RIGHT = 1.57079632679


@recipe("bridge", span=(85, 170), grounds=(*ANY_GROUND, "grass"), around=("trees", "houses", "bushes"))
def bridge(scene: Scene) -> None:
    """Lays the water, both banks, piers, the deck with railings, and arches or trusses on some bridges."""
    dice, span = scene.dice, scene.span
    width = dice.uniform(0.42, 0.68) * span
    _water(scene, width)
    kind = Road(
        lanes=dice.pick((2, 2, 4)),
        lane=dice.uniform(0.03, 0.042) * span,
        shoulder=dice.uniform(0.5, 2.5),
        traffic=dice.uniform(0.5, 2.5),
        top=dice.uniform(5, 12),
        middle=dice.pick(("yellow", "marking")),
    )
    deck: Points = [(-scene.far * 1.4, 0), (scene.far * 1.4, 0)]
    for x, _, _ in walk([(-width / 2, 0), (width / 2, 0)], width / dice.whole(3, 6), width / 8):
        scene.block(x, 0, dice.uniform(2, 3.5), kind.width + dice.uniform(1.5, 4), 0.0, "kerb", 3.0, 1)
    road(scene, deck, kind, 1, 2)
    for side in (-1, 1):
        edge = side * (kind.width / 2 - 0.4)
        scene.strip([(-width * 0.55, edge), (width * 0.55, edge)], 1.1, "kerb", kind.top + 1.1, 1)
    style = dice.pick(("plain", "plain", "truss", "towers"))
    if style == "truss":
        _truss(scene, width, kind)
    elif style == "towers":
        for x in (-width * 0.25, width * 0.25):
            scene.block(x, 0, 3.0, kind.width + 3.0, 0.0, "steel", kind.top + 22, 1)


def _water(scene: Scene, width: float) -> None:
    """The water under the bridge, its shores wavy, with bank strips and ripples."""
    dice = scene.dice
    shores: list[Points] = []
    for side in (-1, 1):
        knots: Points = [(side * width / 2 + dice.bell(0.025) * scene.span, y * scene.far * 0.35) for y in range(-5, 6)]
        shores.append(smooth(knots, 2))
    left, right = shores
    bank = dice.uniform(2, 9)
    scene.area(shift(left, bank) + shift(right, -bank)[::-1], "bank")
    scene.area(left + right[::-1], "water", -1.0)
    for shore in shores:
        scene.stroke(shore, 0)
    for _ in range(dice.whole(2, 8)):
        x, y = dice.uniform(-0.35, 0.35) * width, dice.pick((-1, 1)) * dice.uniform(0.16, 0.42) * scene.span
        scene.stroke([(x, y), (x + 0.015 * scene.span, y + 0.04 * scene.span), (x, y + 0.08 * scene.span)], 1)
    if dice.chance(0.25):
        scene.area(blob(dice, 0, 0.35 * scene.span, width * 0.12, 0.3, 9, 1.5), "bank", 0.3, 2)


def _truss(scene: Scene, width: float, kind: Road) -> None:
    """Cross members above the deck."""
    panel = kind.width * scene.dice.uniform(0.5, 0.8)
    half, top = kind.width / 2, kind.top + 6.0
    for number, (x, _, _) in enumerate(walk([(-width / 2, 0), (width / 2, 0)], panel)):
        scene.mark([(x, -half), (x, half)], 0.7, "steel", top, 1)
        lean = 1 if number % 2 else -1
        scene.mark([(x, -half * lean), (x + panel, half * lean)], 0.5, "steel", top, 1)
