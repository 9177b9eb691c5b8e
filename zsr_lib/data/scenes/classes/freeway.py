"""A freeway: two parallel carriageways of several lanes, a median between them, sparse traffic."""

from zsr_lib.data.scenes.geometry import shift
from zsr_lib.data.scenes.props.plants import bush
from zsr_lib.data.scenes.props.roads import Road, road
from zsr_lib.data.scenes.registry import ANY_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene


@recipe("freeway", span=(62, 105), grounds=(*ANY_GROUND, "concrete"), around=("trees", "bushes", "houses", "sheds"))
def freeway(scene: Scene) -> None:
    """Lays the carriageways, the median with its barrier or plants, perhaps a slip road, and the vehicles."""
    dice = scene.dice
    axis = scene.across(dice.bell(0.1) * scene.span, dice.pick((0.0, 0.0, dice.bell(0.12))) * scene.span)
    kind = Road(
        lanes=dice.whole(2, 4),
        lane=scene.span * dice.uniform(0.043, 0.056),
        shoulder=dice.uniform(1.5, 3.5),
        traffic=dice.uniform(1.2, 4.0),
        middle=None,
    )
    median = dice.uniform(1.0, 3.0) if dice.chance(0.5) else dice.uniform(5.0, 0.2 * scene.span)
    apart = (kind.width + median) / 2
    if dice.chance(0.5):
        scene.strip(axis, 2 * apart + kind.width + dice.uniform(4, 14), dice.pick(("gravel", "dry", "bank", "meadow")))
    if dice.chance(0.35):
        flare = kind.width * dice.uniform(0.2, 0.3)
        ramp = [apart + kind.width * 0.6 + flare * (i / 6 - 1) * (i / 6 - 1) for i in range(len(axis))]
        road(scene, shift(axis, ramp), Road(1, 4.0, 1.0, traffic=0.8, middle=None), 2)
    for side in (-1, 1):
        road(scene, shift(axis, side * apart), kind)
        scene.stain(shift(axis, side * apart), kind.width * 0.5, dice.uniform(0.0, 0.14))
    if median < 4:
        scene.strip(axis, median, dice.pick(("kerb", "pavement")), 0.2)
        scene.mark(axis, 0.8, "kerb", 1.1, 1)
    else:
        scene.mark(axis, 0.6, "steel", 0.8, 3)
        for _ in range(dice.pick((0, 0, 40))):
            bush(
                scene,
                dice,
                dice.uniform(-1, 1) * scene.far,
                axis[6][1] + dice.bell(median * 0.15),
                dice.uniform(0.8, 1.8),
            )
