"""A parking lot: rows of parked cars, nose to nose, with painted stalls and aisles between."""

from zsr_lib.data.scenes.geometry import box
from zsr_lib.data.scenes.props.plants import tree
from zsr_lib.data.scenes.props.vehicles import car
from zsr_lib.data.scenes.registry import TOWN_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene

RIGHT = 1.57079632679


@recipe("parkinglot", span=(55, 95), grounds=TOWN_GROUND, around=("trees", "bushes"))
def parkinglot(scene: Scene) -> None:
    """Lays the paved field, double rows of stalls, planted islands at their ends, and cars in most stalls."""
    dice = scene.dice
    reach = scene.far * 1.1 if dice.chance(0.55) else dice.uniform(0.38, 0.48) * scene.span
    paint = dice.pick(("pavement", "asphalt", "concrete", "road", "gravel", "dry"))
    scene.area(box(0, 0, 2 * reach, 2 * reach), paint, 0.0, 1)
    stall, depth, aisle = dice.uniform(2.6, 3.0), dice.uniform(5.2, 5.8), dice.uniform(5.8, 7.5)
    double = dice.chance(0.75)
    period = (2 * depth if double else depth) + aisle
    slant = dice.pick((0.0, 0.0, 0.0, 0.3, -0.3))
    full, lines = dice.uniform(0.55, 0.98), dice.chance(0.7)
    islands = dice.chance(0.4)
    count = int(reach / period)
    for number in range(-count, count + 1):
        y = number * period
        if abs(y) + depth > reach:
            continue
        for side in (-1, 1) if double else (1,):
            _stalls(
                scene, y + (side * depth / 2 if double else 0.0), reach - 4.0, (stall, depth, slant * side), full, lines
            )
        if double and lines:
            scene.mark([(4 - reach, y), (reach - 4, y)], 0.3, ink=0)
        if islands:
            _island(scene, reach - 5.0, y, depth if double else depth / 2)
            _island(scene, 5.0 - reach, y, depth if double else depth / 2)


def _stalls(scene: Scene, y: float, reach: float, stall: tuple[float, float, float], full: float, lines: bool) -> None:
    """One row of stalls (width, depth, slant) centred on `y`, a share `full` of them taken."""
    dice = scene.dice
    width, depth, slant = stall
    lean = depth / 2 * slant
    bare = dice.uniform(0.1, 0.5) if dice.chance(0.2) else 1.0
    x = -reach
    while x < reach:
        near = scene.shows(x, y)
        if lines and near:
            scene.mark([(x - lean, y - depth / 2), (x + lean, y + depth / 2)], 0.2, ink=1)
        if near and x + width < reach and dice.chance(full * bare):
            heading = RIGHT - slant + dice.pick((0.0, 2 * RIGHT)) + dice.bell(0.03)
            car(scene, dice, x + width / 2, y + dice.bell(0.25), heading, 0.0, dice.pick((0, 0, 0, 1)))
        x += width


def _island(scene: Scene, x: float, y: float, half: float) -> None:
    """A kerbed bed at the end of a row, perhaps with a tree."""
    scene.block(x, y, 2.4, 2 * half - 1, 0.0, "lawn", 0.15, 2)
    if scene.dice.chance(0.6):
        tree(scene, scene.dice, x, y, scene.dice.uniform(1.5, 2.8))
