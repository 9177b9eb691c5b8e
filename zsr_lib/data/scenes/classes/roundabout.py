"""A roundabout: a ring road around a planted island, with three to five roads running into it."""

from zsr_lib.data.scenes.geometry import arc, circle, place
from zsr_lib.data.scenes.props.plants import bush, tree
from zsr_lib.data.scenes.props.roads import Road, lines
from zsr_lib.data.scenes.props.vehicles import car
from zsr_lib.data.scenes.registry import TOWN_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene


@recipe("roundabout", span=(62, 115), grounds=TOWN_GROUND, around=("trees", "houses", "bushes", "cars"))
def roundabout(scene: Scene) -> None:
    """Lays the arms with their splitter islands, the ring, the central island, and cars."""
    dice = scene.dice
    outer = dice.uniform(0.19, 0.3) * scene.span
    inner = outer * dice.uniform(0.42, 0.68)
    count = dice.pick((3, 4, 4, 4, 5))
    first = dice.uniform(0, 6.28)
    headings = [first + 6.2832 * i / count + dice.bell(0.1) for i in range(count)]
    kind = Road(lanes=2, lane=dice.uniform(0.04, 0.05) * scene.span, shoulder=0.8)
    walk = dice.uniform(2.0, 5.0) if dice.chance(0.6) else 0.0
    if walk:
        scene.disc(0, 0, outer + walk, "kerb", 0.1)
    for heading in headings:
        arm = place([(inner, 0), (scene.far * 1.4, 0)], angle=heading)
        if walk:
            scene.strip(arm, kind.width + 2 * walk, "kerb", 0.1)
    for heading in headings:
        arm = place([(inner, 0), (scene.far * 1.4, 0)], angle=heading)
        scene.strip(arm, kind.width, "road", ink=0, merge="ring")
    scene.area(circle(0, 0, outer, 36), "road", 0.0, 0, merge="ring")
    for heading in headings:
        _mouth(scene, heading, outer, kind)
    _island(scene, inner, outer)
    for _ in range(dice.whole(0, 4)):
        heading = dice.uniform(0, 6.28)
        x, y = place([((inner + outer) / 2, 0)], angle=heading)[0]
        car(scene, dice, x, y, heading - 1.57, 0.0, 2)


def _mouth(scene: Scene, heading: float, outer: float, kind: Road) -> None:
    """Splitter island, give-way line, lane lines and a car on one arm."""
    dice = scene.dice
    tip = outer + dice.uniform(6, 12)
    lines(scene, place([(tip, 0), (scene.far * 1.2, 0)], angle=heading), kind, 2)
    scene.area(
        place([(outer + 1, -kind.lane * 0.4), (outer + 1, kind.lane * 0.4), (tip, 0)], angle=heading),
        dice.pick(("kerb", "lawn")),
        0.15,
        1,
    )
    scene.mark(place(arc(0, 0, outer + 0.3, -kind.lane / outer, kind.lane / outer, 5), angle=heading), 0.5, ink=3)
    if dice.chance(0.6):
        side = dice.pick((-1, 1))
        x, y = place([(tip + dice.uniform(0, 15), side * kind.lane * 0.5)], angle=heading)[0]
        car(scene, dice, x, y, heading, 0.0, 1)


def _island(scene: Scene, inner: float, outer: float) -> None:
    """The central island: an apron, grass or paving, and something in its middle."""
    dice = scene.dice
    if dice.chance(0.6):
        scene.disc(0, 0, inner + (outer - inner) * 0.2, "kerb", 0.1, 3)
    scene.disc(0, 0, inner, dice.pick(("lawn", "grass", "soil", "pavement", "gravel")), 0.3, 0)
    what = dice.pick(("tree", "trees", "ring", "none"))
    if what == "tree":
        tree(scene, dice, 0, 0, inner * dice.uniform(0.3, 0.5))
    elif what == "trees":
        for _ in range(6):
            bush(scene, dice, dice.bell(inner * 0.35), dice.bell(inner * 0.35), inner * 0.12)
    elif what == "ring":
        scene.disc(0, 0, inner * 0.5, dice.pick(("soil", "bush", "water", "path")), 0.4, 1)
