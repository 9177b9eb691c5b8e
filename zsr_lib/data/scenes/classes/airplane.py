"""Airplanes parked on an apron: swept or straight wings, two or four engines, alone or in company."""

from zsr_lib.data.scenes.geometry import Point, Points, place, smooth
from zsr_lib.data.scenes.props.vehicles import car, lorry
from zsr_lib.data.scenes.registry import recipe
from zsr_lib.data.scenes.scene import Scene

APRON = ("concrete", "concrete", "asphalt", "grass", "dry", "soil", "sand", "snow")


@recipe("airplane", span=(52, 105), grounds=APRON, around=("cars", "bushes"))
def airplane(scene: Scene) -> None:
    """Lays the apron with its joints and lines, one to five airplanes, and the vehicles that serve them."""
    dice = scene.dice
    _apron(scene)
    length = dice.uniform(0.42, 0.72) * scene.span
    count = dice.pick((1, 1, 1, 1, 2, 3, 5))
    if count > 1:
        length *= 0.5 if count < 4 else 0.4
    wing = _Wing(scene)
    for number in range(count):
        x, y = _stand(scene, number, count, length)
        _plane(scene, wing, x, y, length * dice.uniform(0.9, 1.1), dice.bell(0.12 if count < 4 else 0.05))
    for _ in range(dice.whole(0, 7)):
        x, y = dice.uniform(-0.45, 0.45) * scene.span, dice.pick((-1, 1)) * dice.uniform(0.3, 0.5) * length
        vehicle = dice.pick((car, lorry))
        vehicle(scene, dice, x, y, dice.uniform(0, 6.2), ink=2)


class _Wing:
    """Proportions that the airplanes of one scene share, in units of the fuselage's length."""

    def __init__(self, scene: Scene) -> None:
        dice = scene.dice
        self.sweep = dice.pick((0.0, 0.03, 0.16, 0.2, 0.24, 0.3))
        self.reach = dice.uniform(0.4, 0.56)
        self.root = dice.uniform(0.14, 0.22)
        self.tip = self.root * dice.uniform(0.28, 0.5)
        self.at = dice.uniform(-0.02, 0.14)
        self.waist = dice.uniform(0.048, 0.07)
        self.tail = dice.uniform(0.15, 0.22)
        self.engines = dice.pick((1, 1, 1, 2)) if self.sweep > 0.1 else dice.pick((0, 1))

    def half(self, ahead: float, reach: float, root: float, tip: float, back: float) -> Points:
        """One wing's four corners, from the root's front edge."""
        return [(ahead, 0.0), (ahead - back, reach), (ahead - back - tip, reach), (ahead - root, 0.0)]


def _apron(scene: Scene) -> None:
    dice, far = scene.dice, scene.far
    edge = dice.uniform(-0.7, 0.1) * scene.span
    scene.area(
        [(-far * 1.5, edge), (far * 1.5, edge), (far * 1.5, far * 1.5), (-far * 1.5, far * 1.5)],
        dice.pick(("pavement", "concrete", "road")),
    )
    slab = dice.uniform(0.12, 0.3) * scene.span
    for line in range(-6, 7):
        scene.mark([(line * slab, edge), (line * slab, far * 1.5)], 0.2, "joint")
        if line * slab > edge:
            scene.mark([(-far * 1.5, line * slab), (far * 1.5, line * slab)], 0.2, "joint")
    if dice.chance(0.6):
        y = dice.uniform(0.1, 0.5) * scene.span
        scene.mark([(-far, y), (0.1 * far, y), (far, y + dice.uniform(-0.4, 0.4) * far)], 0.5, "yellow", ink=3)
    scene.stain([(-far, 0.0), (far, dice.uniform(-0.2, 0.2) * far)], scene.span * 0.1, dice.uniform(0.0, 0.2))


def _stand(scene: Scene, number: int, count: int, length: float) -> Point:
    """Where airplane `number` of `count` stands: in a row, or in two."""
    if count == 1:
        return 0.0, 0.0
    per_row = min(count, 3)
    across = (number % per_row - (per_row - 1) / 2) * length * 1.2
    along = (number // per_row - (count > 3) / 2) * length * 1.25
    return along + scene.dice.bell(0.04) * length, across + scene.dice.bell(0.03) * length


def _plane(scene: Scene, wing: _Wing, x: float, y: float, length: float, heading: float) -> None:
    """One airplane, its nose along `heading`; all its parts make one silhouette for the hand."""
    silhouette = f"plane {x:.3f} {y:.3f}"

    def put(shape: Points, paint: str, top: float, facing: float | None = None, inked: bool = True) -> None:
        scene.area(
            place(shape, x, y, heading, length),
            paint,
            top,
            0 if inked else None,
            merge=silhouette if inked else "",
            facing=facing,
        )

    waist = wing.waist / 2
    main = wing.half(wing.at + wing.root / 2, wing.reach, wing.root, wing.tip, wing.sweep)
    rear = wing.half(-0.36, wing.tail, 0.1, 0.05, wing.sweep * 0.4 + 0.02)
    engines = [(wing.at + 0.05 - wing.sweep * part, wing.reach * part) for part in (0.36, 0.64)[: wing.engines]]
    for side in (1, -1):
        for ahead, out in engines:
            put(
                [
                    (ahead + a, side * (out + b))
                    for a, b in ((0.05, -0.018), (0.05, 0.018), (-0.05, 0.012), (-0.05, -0.012))
                ],
                "machine",
                length * 0.07,
            )
        put([(a, side * b) for a, b in main], "plane", length * 0.09)
        put([(a, side * b) for a, b in rear], "plane", length * 0.12)
    body: Points = [(0.5, 0.0), (0.47, waist * 0.6), (0.4, waist), (-0.25, waist), (-0.5, waist * 0.2)]
    put(smooth(body, 1) + [(a, -b) for a, b in smooth(body, 1)[::-1]], "plane", length * 0.12)
    put([(0.45, 0.0), (0.4, waist), (-0.25, waist), (-0.48, 0.0)], "plane", length * 0.12, heading + 1.57, False)
    put([(-0.32, 0.006), (-0.5, 0.012), (-0.5, -0.012), (-0.32, -0.006)], "livery", length * 0.25, None, False)
