"""A solar farm: long parallel rows of dark panels with equal gaps, in fields cut by service tracks."""

from zsr_lib.data.scenes.geometry import box
from zsr_lib.data.scenes.registry import ANY_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene


@recipe("solarfarm", span=(60, 130), grounds=(*ANY_GROUND, "gravel"), around=("bushes", "sheds", "trees"))
def solarfarm(scene: Scene) -> None:
    """Lays fields of panel rows, the tracks between the fields, inverter cabins, and perhaps a fence."""
    dice, span = scene.dice, scene.span
    if dice.chance(0.5):
        half_x = half_y = scene.far
    else:
        half_x, half_y = dice.uniform(0.32, 0.5) * span, dice.uniform(0.3, 0.46) * span
        scene.area(box(0, 0, 2 * half_x + 8, 2 * half_y + 8), dice.pick(("dry", "gravel", "grass", "soil")), 0.0, 2)
    depth = dice.uniform(0.04, 0.07) * span
    period = depth * dice.uniform(1.6, 2.4)
    lane = dice.uniform(4.0, 7.0)
    cut = dice.uniform(-0.25, 0.25) * span if dice.chance(0.7) else half_x
    gap_row = dice.whole(-3, 3) if dice.chance(0.5) else None
    rows = int(half_y / period)
    for row in range(-rows, rows + 1):
        if row == gap_row:
            scene.strip([(-half_x, row * period), (half_x, row * period)], lane, "path", 0.0, 3)
            continue
        for start, end in ((-half_x, cut - lane / 2), (cut + lane / 2, half_x)):
            if end - start > depth:
                _table(scene, start, end, row * period, depth)
    if cut < half_x:
        scene.strip([(cut, -half_y), (cut, half_y)], lane * 0.6, "path", 0.0)
        for _ in range(dice.whole(0, 2)):
            scene.block(cut, dice.uniform(-0.4, 0.4) * span, 3.0, 7.0, 0.0, "trailer", 3.0, 1)


def _table(scene: Scene, start: float, end: float, y: float, depth: float) -> None:
    """One row of panels: a dark sloping band with bright joints; now and then a table is missing."""
    dice = scene.dice
    tables = dice.pick((1, 1, 1, 2))
    for number in range(tables):
        a, b = start + (end - start) * number / tables, start + (end - start) * (number + 1) / tables - 1.0
        if dice.chance(0.05):
            continue
        scene.block((a + b) / 2, y, b - a, depth, 0.0, "panel", 2.2, 0, facing=1.57)
        scene.mark([(a, y), (b, y)], 0.25, "frame", 2.2, 2)
        x = a + depth * 1.6
        while x < b:
            if scene.shows(x, y):
                scene.mark([(x, y - depth / 2), (x, y + depth / 2)], 0.25, "frame", 2.2, 1)
            x += depth * 1.6
