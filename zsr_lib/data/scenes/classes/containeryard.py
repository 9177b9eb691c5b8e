"""A container yard: blocks of stacked boxes in ranks, gantry cranes astride them, lanes for lorries."""

from zsr_lib.data.scenes.props.vehicles import lorry
from zsr_lib.data.scenes.registry import TOWN_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene

LONG, WIDE, TALL = 12.2, 2.44, 2.6
"""A forty-foot container, in metres (ISO 668)."""


@recipe("containeryard", span=(60, 115), grounds=TOWN_GROUND, around=("cars", "sheds"))
def containeryard(scene: Scene) -> None:
    """Lays the paved yard, blocks of container stacks, lanes between them, one or two cranes, and lorries."""
    dice, far = scene.dice, scene.far
    scene.area(
        [(-far * 1.5, -far * 1.5), (far * 1.5, -far * 1.5), (far * 1.5, far * 1.5), (-far * 1.5, far * 1.5)],
        dice.pick(("pavement", "asphalt", "concrete", "gravel")),
    )
    abreast = dice.whole(4, 8)
    lane = dice.uniform(7.0, 12.0)
    period = abreast * (WIDE + 0.3) + lane
    bays = dice.whole(2, 5)
    lot = bays * (LONG + 0.8)
    rows, columns = int(0.75 * scene.span / period) + 1, int(0.75 * scene.span / (lot + lane)) + 1
    sort = dice.pick(("mixed", "mixed", "few"))
    for row in range(-rows, rows + 1):
        for column in range(-columns, columns + 1):
            _block(scene, column * (lot + lane), row * period, abreast, bays, sort)
        if dice.chance(0.5):
            scene.mark(
                [(-far, (row + 0.5) * period), (far, (row + 0.5) * period)],
                0.4,
                dice.pick(("marking", "yellow")),
                ink=3,
            )
        if dice.chance(0.5):
            lorry(scene, dice, dice.uniform(-0.4, 0.4) * scene.span, (row + 0.5) * period, 0.0, 0.0, 1)
    for _ in range(dice.whole(0, 2)):
        _crane(scene, dice.uniform(-0.35, 0.35) * scene.span, dice.whole(-1, 1) * period, period - lane * 0.35)


def _block(scene: Scene, x: float, y: float, abreast: int, bays: int, sort: str) -> None:
    """One block of stacks up to five boxes high; neighbours often belong to the same line and share a colour."""
    dice = scene.dice
    full = dice.uniform(0.6, 1.0)
    stay = 0.75 if sort == "few" else 0.25
    laid = False
    for bay in range(bays):
        for slot in range(abreast):
            cx = x + (bay - (bays - 1) / 2) * (LONG + 0.8)
            cy = y + (slot - (abreast - 1) / 2) * (WIDE + 0.3)
            if scene.shows(cx, cy) and dice.chance(full):
                same = 1 if laid and dice.chance(stay) else 0
                scene.block(cx, cy, LONG, WIDE, 0.0, "crate", TALL * dice.whole(1, 5), 0, like=same)
                laid = True


def _crane(scene: Scene, x: float, y: float, reach: float) -> None:
    """A rail-mounted gantry: two girders across the block on legs, with a trolley."""
    for side in (-1, 1):
        scene.block(x + side * 3.5, y, 1.6, reach, 0.0, "steel", 18.0, 1)
        scene.block(x, y + side * reach / 2, 11.0, 1.6, 0.0, "steel", 16.0, 1)
    scene.block(x, y + scene.dice.uniform(-0.3, 0.3) * reach, 6.0, 3.0, 0.0, "machine", 20.0, 1)
