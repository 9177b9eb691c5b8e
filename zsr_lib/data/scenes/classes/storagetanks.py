"""Storage tanks: round roofs with rim, rings or spokes, casting curved shadows, within bunds and pipes."""

from zsr_lib.data.scenes.geometry import Points, arc, box, turn
from zsr_lib.data.scenes.props.vehicles import lorry
from zsr_lib.data.scenes.registry import TOWN_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene

RIGHT = 1.57079632679


@recipe("storagetanks", span=(60, 125), grounds=(*TOWN_GROUND, "gravel"), around=("sheds", "cars", "bushes", "trees"))
def storagetanks(scene: Scene) -> None:
    """Lays one to nine tanks in a grid or in a loose group, their bunds, pipes, and a yard road."""
    dice = scene.dice
    columns, rows = dice.pick(((1, 1), (2, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3)))
    pitch = scene.span * dice.uniform(0.75, 0.95) / max(columns, rows, 1.5)
    radius = pitch * dice.uniform(0.27, 0.42)
    if dice.chance(0.4):
        y = (rows / 2 + 0.1) * pitch
        scene.strip([(-scene.far * 1.4, y), (scene.far * 1.4, y)], dice.uniform(4, 7), "road", 0.0, 2)
        lorry(scene, dice, dice.uniform(-0.3, 0.3) * scene.span, y, 0.0)
    spots = [
        ((c - (columns - 1) / 2) * pitch, (r - (rows - 1) / 2) * pitch) for c in range(columns) for r in range(rows)
    ]
    if dice.chance(0.5):
        _bunds(scene, spots, pitch)
    for x, y in spots[1:]:
        if dice.chance(0.6):
            scene.strip([spots[0], (x, spots[0][1]), (x, y)], 0.9, "frame", 0.8, 2)
    kind = dice.pick(("plain", "ring", "spokes", "sunk", "mixed"))
    for x, y in spots:
        if dice.chance(0.1) and len(spots) > 2:
            continue
        style = dice.pick(("plain", "ring", "spokes", "sunk")) if kind == "mixed" else kind
        _tank(
            scene,
            x + dice.bell(0.03) * pitch,
            y + dice.bell(0.03) * pitch,
            radius * dice.pick((1.0, 1.0, dice.uniform(0.6, 1.1))),
            style,
        )


def _bunds(scene: Scene, spots: list[tuple[float, float]], pitch: float) -> None:
    """Low walls around every tank."""
    floor = scene.dice.pick(("soil", "gravel", "concrete", "dry", "grass"))
    for x, y in spots:
        scene.area(box(x, y, pitch * 0.99, pitch * 0.99), "kerb", 1.2, 2)
        scene.area(box(x, y, pitch * 0.94, pitch * 0.94), floor, 0.0)


def _tank(scene: Scene, x: float, y: float, radius: float, style: str) -> None:
    """One tank; its roof is plain, ringed, spoked, or a floating one that has sunk below the rim."""
    dice = scene.dice
    top = radius * dice.uniform(0.5, 1.1)
    rim = "rust" if style == "sunk" and dice.chance(0.5) else "tank"
    scene.disc(x, y, radius, rim, top, 0)
    if style == "sunk":
        scene.disc(x, y, radius * 0.92, dice.pick(("rust", "tank", "flatroof")), top * dice.uniform(0.3, 0.7), 1)
    else:
        _cone(scene, x, y, radius * 0.96, top + radius * 0.08)
    if style == "ring":
        scene.strip(arc(x, y, radius * dice.uniform(0.5, 0.7), 0, 6.2832, 25), radius * 0.05, "joint", top + 0.8, 1)
    if style == "spokes":
        first = dice.uniform(0, 3)
        for spoke in range(4):
            c, s = turn(first + spoke * RIGHT / 2)
            scene.mark(
                [(x - c * radius * 0.95, y - s * radius * 0.95), (x + c * radius * 0.95, y + s * radius * 0.95)],
                0.4,
                "joint",
                top + 0.6,
                1,
            )
    if dice.chance(0.7):
        scene.disc(x, y, radius * 0.09, "machine", top + 1.2, 1)
    stair: Points = arc(x, y, radius * 1.05, dice.uniform(0, 3), dice.uniform(3.4, 4.2), 9)
    scene.strip(stair, radius * 0.06, "frame", top * 0.6, 3)


def _cone(scene: Scene, x: float, y: float, radius: float, top: float) -> None:
    """A shallow conical roof of twelve sectors, lit by the way they face."""
    for sector in range(12):
        heading = sector * RIGHT / 3
        scene.area(
            [(x, y), *arc(x, y, radius, heading - RIGHT / 6, heading + RIGHT / 6, 4)], "tank", top, facing=heading
        )
