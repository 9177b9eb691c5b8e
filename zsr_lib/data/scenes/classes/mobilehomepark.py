"""A mobile home park: many equal long narrow homes in close parallel rows along narrow lanes."""

from zsr_lib.data.scenes.geometry import place, turn
from zsr_lib.data.scenes.props.houses import RIGHT, gable
from zsr_lib.data.scenes.props.plants import tree
from zsr_lib.data.scenes.props.vehicles import car
from zsr_lib.data.scenes.registry import TOWN_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene


@recipe("mobilehomepark", span=(75, 130), grounds=TOWN_GROUND, around=("bushes", "trees"))
def mobilehomepark(scene: Scene) -> None:
    """Lays rows of slanted or square-set homes on both sides of lanes, with sheds, cars and small trees."""
    dice = scene.dice
    length, width = dice.uniform(14, 19), dice.uniform(5.5, 7.5)
    slant = dice.pick((0.0, 0.0, 0.3, -0.3, 0.55, -0.55)) + dice.bell(0.05)
    pitch = width * dice.uniform(1.5, 1.95) / turn(slant)[0]
    row = length * turn(slant)[0] + width * abs(turn(slant)[1]) + 1.0
    lane = dice.uniform(5.5, 8.0)
    paired = dice.chance(0.6)
    period = 2 * row + lane if paired else row + lane
    count = int(scene.far / period) + 2
    for number in range(-count, count + 1):
        y = number * period + period / 2
        scene.strip([(-scene.far * 1.4, y), (scene.far * 1.4, y)], lane, "road", 0.0, 1)
        for side in (-1, 1) if paired else (1,):
            _row(scene, y + side * (lane + row) / 2, side, (length, width, pitch, slant))


def _row(scene: Scene, y: float, side: int, plan: tuple[float, float, float, float]) -> None:
    """One row of homes; `plan` is their length, width, distance and slant."""
    dice = scene.dice
    length, width, pitch, slant = plan
    x = -scene.far - dice.uniform(0, pitch)
    while x < scene.far:
        x += pitch * dice.uniform(0.94, 1.08)
        if not (abs(y) < scene.far and scene.shows(x, y)) or dice.chance(0.06):
            continue
        angle = RIGHT + slant * side + dice.bell(0.025)
        gable(
            scene,
            x,
            y + dice.bell(0.6),
            length * dice.uniform(0.85, 1.05),
            width * dice.uniform(0.85, 1.05),
            angle,
            "trailer",
            3.6,
            dice.pick((0, 0, 0, 1)),
            2,
        )
        beside = x + pitch / 2
        if dice.chance(0.5):
            car(scene, dice, *place([(side * -3.0, 0)], beside, y, angle * 1.0)[0], angle)
        if dice.chance(0.25):
            scene.block(beside, y + side * 4, 3.0, 3.0, angle, "trailer", 2.5, 2)
        if dice.chance(0.4):
            tree(scene, dice, beside, y + side * dice.uniform(1, 7), dice.uniform(1.4, 3.2))
