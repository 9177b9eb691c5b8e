"""Large flat-roofed buildings of rectangular wings, close together, with plant rooms on their roofs."""

from zsr_lib.data.scenes.geometry import place
from zsr_lib.data.scenes.props.houses import RIGHT, gable
from zsr_lib.data.scenes.props.roads import Road, road
from zsr_lib.data.scenes.registry import TOWN_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene

SHAPES = {  # wings as (x, y, length, width) in units of the plot
    "bar": ((0.0, 0.0, 0.9, 0.62),),
    "L": ((0.0, -0.28, 0.9, 0.34), (-0.28, 0.0, 0.34, 0.9)),
    "U": ((0.0, -0.3, 0.9, 0.28), (-0.32, 0.0, 0.26, 0.88), (0.32, 0.0, 0.26, 0.88)),
    "T": ((0.0, -0.28, 0.9, 0.34), (0.0, 0.1, 0.32, 0.7)),
    "court": ((0.0, -0.32, 0.92, 0.26), (0.0, 0.32, 0.92, 0.26), (-0.33, 0.0, 0.26, 0.9), (0.33, 0.0, 0.26, 0.9)),
    "block": ((0.0, 0.0, 0.86, 0.86),),
}


@recipe("buildings", span=(75, 150), grounds=TOWN_GROUND, around=("cars", "trees", "bushes"))
def buildings(scene: Scene) -> None:
    """Lays a grid of plots with streets between, one building on each plot, of unlike heights and outlines."""
    dice = scene.dice
    columns, rows = dice.pick(((1, 1), (1, 2), (2, 1), (2, 2), (2, 2), (2, 3), (3, 2)))
    width, depth = dice.uniform(0.84, 1.02) * scene.span / columns, dice.uniform(0.84, 1.02) * scene.span / rows
    if columns > 1 and dice.chance(0.5):
        road(scene, place(scene.across(), angle=RIGHT, x=(columns - 2) * width / 2), Road(2, 3.2, 0.5, ink=3), 3, 3)
    for column in range(-1, columns + 1):
        for row in range(-1, rows + 1):
            inside = 0 <= column < columns and 0 <= row < rows
            x = (column - (columns - 1) / 2) * width + dice.bell(0.03) * width
            y = (row - (rows - 1) / 2) * depth + dice.bell(0.03) * depth
            if inside or dice.chance(0.6):
                _building(
                    scene, x, y, width * dice.uniform(0.72, 0.92), depth * dice.uniform(0.72, 0.92), 0 if inside else 3
                )


def _building(scene: Scene, x: float, y: float, length: float, width: float, ink: int) -> None:
    """One building: its wings share a roof colour; a lighter parapet rims them."""
    dice = scene.dice
    # A plain box that fills the tile could be anything; alone, a building shows its wings.
    shape = SHAPES[dice.pick(("L", "U", "T", "court") if length > 0.6 * scene.span else tuple(SHAPES))]
    top, angle = dice.uniform(6, 26), dice.pick((0.0, RIGHT, 2 * RIGHT, 3 * RIGHT))
    if dice.chance(0.2) and len(shape) == 1:
        gable(scene, x, y, length, width, 0.0, top=top * 0.6, ink=ink, ridge_ink=1)
        return
    sizes = (length, width) if angle in (0.0, 2 * RIGHT) else (width, length)
    placed = [
        (*place([(wx * sizes[0], wy * sizes[1])], x, y, angle)[0], wl * sizes[0], ww * sizes[1])
        for wx, wy, wl, ww in shape
    ]
    name = f"building {x:.3f} {y:.3f}"
    for wing_x, wing_y, long, wide in placed:
        scene.block(wing_x, wing_y, long, wide, angle, "parapet", top, ink, merge=name)
    for number, (wing_x, wing_y, long, wide) in enumerate(placed):
        scene.block(wing_x, wing_y, long - 1.6, wide - 1.6, angle, "flatroof", top - 0.6, like=1 if number else 0)
    for wing_x, wing_y, long, wide in placed:
        _plant(scene, wing_x, wing_y, long, wide, angle, top, ink)


def _plant(scene: Scene, x: float, y: float, length: float, width: float, angle: float, top: float, ink: int) -> None:
    """Air handlers, hatches and stair heads on a roof, some of them in a row."""
    dice = scene.dice
    count = dice.whole(0, 5)
    in_row = dice.chance(0.4)
    for number in range(count):
        along = (number / max(count, 2) - 0.35) * length if in_row else dice.uniform(-0.38, 0.38) * length
        aside = 0.0 if in_row else dice.uniform(-0.34, 0.34) * width
        px, py = place([(along, aside)], x, y, angle)[0]
        scene.block(
            px, py, dice.uniform(1.5, 6), dice.uniform(1.5, 4), angle, "machine", top + dice.uniform(1, 3), ink + 2
        )
