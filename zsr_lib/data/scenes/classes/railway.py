"""Railway tracks: parallel pairs of rails on sleepers and ballast, with a train on some of them."""

from zsr_lib.data.scenes.geometry import Points, shift, walk
from zsr_lib.data.scenes.registry import ANY_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene

RIGHT = 1.57079632679


@recipe(
    "railway", span=(38, 80), grounds=(*ANY_GROUND, "gravel"), around=("bushes", "trees", "sheds", "houses", "cars")
)
def railway(scene: Scene) -> None:
    """Lays the ballast bed, one to seven tracks, a switch between two of them, a platform, and trains."""
    dice, span = scene.dice, scene.span
    count = dice.pick((1, 2, 2, 3, 4, 6))
    pitch = dice.uniform(5.0, 7.0)
    axis = scene.across(dice.bell(0.05) * span, dice.pick((0.0, 0.0, dice.bell(0.14))) * span)
    scene.strip(axis, count * pitch + dice.uniform(1, 6), "ballast", 0.3, 2)
    if dice.chance(0.25):
        side = dice.pick((-1, 1))
        scene.strip(shift(axis, side * (count * pitch / 2 + 4.0)), 5.0, "pavement", 1.0, 1)
    rails = [shift(axis, (number - (count - 1) / 2) * pitch) for number in range(count)]
    for track in rails:
        _track(scene, track)
    if count > 1 and dice.chance(0.5):
        _switch(scene, rails)
    for track in rails:
        if dice.chance(0.3):
            _train(scene, track)


def _track(scene: Scene, track: Points) -> None:
    """Sleepers and two rails; the gauge is drawn wider than true, or it would vanish at this scale."""
    gauge = 2.1
    for x, y, heading in walk(track, scene.span * 0.035):
        if scene.shows(x, y):
            scene.block(x, y, 0.9, gauge * 1.6, heading, "sleeper", 0.4)
            half = gauge * 0.9
            scene.stroke(
                [(x, y - half), (x, y + half)]
                if abs(heading) < 0.02
                else shift([(x - 0.01, y), (x, y)], half)[1:] + shift([(x - 0.01, y), (x, y)], -half)[1:],
                0,
            )
    for side in (-1, 1):
        scene.mark(shift(track, side * gauge / 2), 0.32, "rail", 0.5, 0)


def _switch(scene: Scene, rails: list[Points]) -> None:
    """A connecting track from one track to the next."""
    first = scene.dice.whole(0, len(rails) - 2)
    steps = range(4, 9)
    way = [
        tuple(a + (b - a) * (k - 4) / 4 for a, b in zip(rails[first][k], rails[first + 1][k], strict=True))
        for k in steps
    ]
    for side in (-1, 1):
        scene.mark(shift([(x, y) for x, y in way], side * 1.05), 0.32, "rail", 0.5, 1)


def _train(scene: Scene, track: Points) -> None:
    """A row of coupled wagons of one kind, or of mixed goods wagons."""
    dice = scene.dice
    long, goods = dice.uniform(13, 24), dice.chance(0.6)
    start = dice.uniform(0, 0.9) * scene.span
    cars = dice.whole(2, 9)
    for number, (x, y, heading) in enumerate(walk(track, long + 1.2, start)):
        if number >= cars:
            break
        scene.block(x, y, long, 3.2, heading, "wagon", 3.8, 0, like=0 if goods or not number else 2)
        scene.block(
            x,
            y,
            long * 0.9,
            1.2 if not goods else 2.0,
            heading,
            dice.pick(("machine", "joint", "lorry")) if goods else "machine",
            4.0 if not goods else 3.0,
            2,
        )
