"""A street crossing at one level: two roads with rounded corners, stop lines and zebra crossings."""

from zsr_lib.data.scenes.geometry import Point, Points, arc, place
from zsr_lib.data.scenes.props.houses import house
from zsr_lib.data.scenes.props.roads import Road
from zsr_lib.data.scenes.props.vehicles import car
from zsr_lib.data.scenes.registry import TOWN_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene

RIGHT = 1.57079632679


@recipe("intersection", span=(62, 115), grounds=TOWN_GROUND, around=("houses", "trees", "cars", "sheds", "bushes"))
def intersection(scene: Scene) -> None:
    """Lays two crossing roads (or a road that ends on another), their arms' markings, and waiting vehicles."""
    dice = scene.dice
    lane = scene.span * dice.uniform(0.038, 0.046)
    roads = [
        Road(lanes=dice.pick((2, 2, 4)), lane=lane, shoulder=dice.uniform(0.5, 2.5), traffic=0, ink=0, merge="crossing")
        for _ in range(2)
    ]
    skew = RIGHT + dice.pick((0.0, 0.0, dice.bell(0.2)))
    arms = (0.0, 2 * RIGHT, skew) if dice.chance(0.22) else (0.0, 2 * RIGHT, skew, skew + 2 * RIGHT)
    kinds = [roads[0], roads[0], roads[1], roads[1]]
    if dice.chance(0.6):
        for heading, kind in zip(arms, kinds, strict=False):
            scene.strip(_arm(scene, heading, 0.0), kind.width + 5.0, "kerb", 0.15, 3, merge="walk")
    for heading, kind in zip(arms, kinds, strict=False):
        scene.strip(_arm(scene, heading, -kind.width / 2), kind.width, kind.paint, ink=0, merge="crossing")
    _corners(scene, arms, roads, skew)
    zebra = dice.chance(0.6)
    for heading, kind, other in zip(
        arms, kinds, kinds[::-1] if len(arms) == 4 else (roads[1], roads[1], roads[0]), strict=False
    ):
        _markings(scene, heading, kind, other.width / 2 + dice.uniform(2.0, 4.5), zebra)
    _quarters(scene, roads[1].width / 2 + 13.0, roads[0].width / 2 + 13.0)


def _quarters(scene: Scene, first_x: float, first_y: float) -> None:
    """Houses in the quarters between the arms, back from the kerbs."""
    dice = scene.dice
    built = dice.uniform(0.0, 1.0)
    for step in range(3):
        for side_x in (-1, 1):
            for side_y in (-1, 1):
                x, y = side_x * (first_x + step * dice.uniform(17, 22)), side_y * (first_y + dice.uniform(0, 4))
                if dice.chance(built):
                    house(scene, dice, x, y)


def _arm(scene: Scene, heading: float, start: float) -> Points:
    return place([(start, 0), (scene.far * 1.5, 0)], angle=heading)


def _corners(scene: Scene, arms: tuple[float, ...], roads: list[Road], skew: float) -> None:
    """Fills the rounded kerbs between neighbouring arms."""
    radius = scene.dice.uniform(4.0, 9.0)
    a, b = roads[0].width / 2, roads[1].width / 2
    for along in (1, -1):
        for aside in (1, -1) if len(arms) == 4 else (1,):
            x, y = along * b, aside * a
            wedge: Points = [(x, y), *place(arc(radius, radius, radius, 2 * RIGHT, 3 * RIGHT, 8), 0, 0)]
            flipped = [(x + along * px, y + aside * py) for px, py in wedge[1:]]
            lean = (skew - RIGHT) * aside
            scene.area(
                [(px - lean * py * aside, py) for px, py in [(x, y), *flipped]], "road", 0.0, 0, merge="crossing"
            )


def _markings(scene: Scene, heading: float, kind: Road, start: float, zebra: bool) -> None:
    """Lane lines, stop line, zebra crossing and queueing cars of one arm."""
    dice = scene.dice

    def at(points: Points) -> Points:
        return place(points, angle=heading)

    half = kind.lanes * kind.lane / 2
    if zebra:
        bars = max(int(half * 2 / 1.6), 4)
        for bar in range(bars):
            y = (bar + 0.5) / bars * 2 * half - half
            scene.mark(at([(start, y), (start + 3.2, y)]), 0.7, ink=1 if bar % 2 == 0 else 3)
    else:
        scene.mark(at([(start, -half), (start, half)]), 0.4, ink=2)
        scene.mark(at([(start + 3.0, -half), (start + 3.0, half)]), 0.4, ink=2)
    stop = start + 4.6
    scene.mark(at([(stop, -half), (stop, 0)]), 0.6, ink=2)
    scene.mark(at([(stop, 0), (scene.far, 0)]), 0.5, dice.pick(("yellow", "marking")), ink=1)
    for lane in range(1, kind.lanes):
        if 2 * lane != kind.lanes:
            scene.dashes(at([(stop, lane * kind.lane - half), (scene.far, lane * kind.lane - half)]), 3, 5, 0.4, ink=2)
    for lane in range(kind.lanes):
        spot: Point = at([(stop + dice.uniform(3, 26), (lane + 0.5) * kind.lane - half)])[0]
        if dice.chance(0.5):
            car(scene, dice, *spot, heading + (2 * RIGHT if lane < kind.lanes / 2 else 0.0), 0.0, 1)
