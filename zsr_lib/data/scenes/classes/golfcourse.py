"""Part of a golf course: a smooth fairway, a putting green, pale bunkers, a cart path, groups of trees."""

from zsr_lib.data.scenes.geometry import Points, blob, smooth
from zsr_lib.data.scenes.props.plants import grove
from zsr_lib.data.scenes.registry import ANY_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene


@recipe("golfcourse", span=(75, 150), grounds=(*ANY_GROUND, "grass", "dry"), around=("trees", "bushes"))
def golfcourse(scene: Scene) -> None:
    """Lays the fairway, the path, the green with its flag, bunkers around it, perhaps a pond, and trees."""
    dice, span = scene.dice, scene.span
    for _ in range(dice.whole(1, 2)):
        scene.area(
            blob(dice, dice.bell(0.2) * span, dice.bell(0.2) * span, span * dice.uniform(0.35, 0.6), 0.25, 11, 1.4),
            dice.pick(("meadow", "lawn")),
            0.0,
            1,
        )
    if dice.chance(0.65):
        _path(scene)
    if dice.chance(0.2):
        scene.area(
            blob(dice, dice.bell(0.25) * span, 0.36 * span, span * dice.uniform(0.12, 0.22), 0.3), "water", 0.0, 1
        )
    x, y = dice.bell(0.1) * span, dice.bell(0.1) * span
    green = span * dice.uniform(0.1, 0.18)
    scene.area(blob(dice, x, y, green * 1.25, 0.15, 10, 1.15), "meadow")
    scene.area(blob(dice, x, y, green, 0.18, 10, 1.15), "lawn", 0.0, 0)
    _bunkers(scene, x, y, green)
    hole = (x + dice.bell(0.3) * green, y + dice.bell(0.3) * green)
    _flag(scene, *hole, green)
    for _ in range(dice.whole(0, 3)):
        grove(
            scene,
            dice,
            dice.uniform(-0.5, 0.5) * span,
            dice.pick((-1, 1)) * dice.uniform(0.25, 0.5) * span,
            span * 0.08,
            dice.whole(3, 10),
        )


def _flag(scene: Scene, x: float, y: float, green: float) -> None:
    """The pole in the hole; hands draw it large, since it tells what the round thing is."""
    scene.mark([(x, y), (x, y - green * 0.75)], 0.3, "marking", 2.0, 0)
    scene.area([(x, y - green * 0.75), (x + green * 0.4, y - green * 0.58), (x, y - green * 0.42)], None, 0.0, 0)


def _path(scene: Scene) -> None:
    """A winding cart path past the green."""
    dice = scene.dice
    side = dice.pick((-1, 1)) * dice.uniform(0.26, 0.4) * scene.span
    bends: Points = [(i * 0.28 * scene.span, side + dice.bell(0.1) * scene.span) for i in range(-4, 5)]
    scene.strip(smooth(bends, 3), dice.uniform(2.0, 3.0), "path", 0.0, 1)


def _bunkers(scene: Scene, x: float, y: float, green: float) -> None:
    """Lumpy sand traps in a ring around the green, some made of two or three lobes."""
    dice = scene.dice
    count = dice.whole(2, 6)
    first = dice.uniform(0, 6.28)
    for number in range(count):
        heading = first + number * 6.28 / count + dice.bell(0.3)
        ring = blob(dice, x, y, green * dice.uniform(1.5, 2.1), 0.0, 12)
        cx, cy = ring[int(heading / 6.2832 * len(ring)) % len(ring)]
        size = green * dice.uniform(0.28, 0.55)
        for lobe in range(dice.pick((1, 1, 2, 3))):
            scene.area(
                blob(dice, cx + lobe * size * 0.9, cy + dice.bell(0.4) * size * lobe, size, 0.3, 8, 1.2),
                "bunker",
                0.0,
                0,
                merge=f"bunker {number}",
            )
