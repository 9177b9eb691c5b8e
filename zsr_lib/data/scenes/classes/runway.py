"""A runway: a broad paved strip with a dashed centre line, and its end markings or touchdown blocks."""

from zsr_lib.data.scenes.geometry import Points, shift, walk
from zsr_lib.data.scenes.registry import recipe
from zsr_lib.data.scenes.scene import Scene


@recipe("runway", span=(75, 150), around=("trees", "bushes", "sheds"))
def runway(scene: Scene) -> None:
    """Lays shoulders, strip, side stripes, centre dashes, the end or the touchdown zone, and tyre marks."""
    dice = scene.dice
    width = dice.uniform(0.34, 0.5) * scene.span
    end = dice.uniform(-0.4, 0.0) * scene.span if dice.chance(0.45) else -scene.far * 1.4
    axis: Points = [(end, 0), (scene.far * 1.4, 0)]
    scene.strip(axis, width * dice.uniform(1.15, 1.5), dice.pick(("pavement", "gravel", "dry", "kerb")))
    if dice.chance(0.4):
        _taxiway(scene, width)
    scene.strip(axis, width, "road", ink=0)
    for start in range(1, dice.whole(1, 4)):
        scene.mark(shift(axis, width * (start / 4 - 0.5)), 0.25, "joint")
    for side in (-1, 1):
        scene.mark(shift(axis, side * width * 0.44), 0.014 * scene.span, ink=2)
        if dice.chance(0.7):
            scene.stain(shift(axis, side * width * dice.uniform(0.06, 0.16)), width * 0.12, dice.uniform(0.1, 0.45))
    on = dice.uniform(0.12, 0.2) * scene.span
    first = end + 0.34 * scene.span if end > -scene.span else end
    scene.dashes([(first, 0), (scene.far, 0)], on, on * dice.uniform(0.6, 1.0), 0.012 * scene.span, ink=0)
    if end > -scene.span:
        _threshold(scene, end, width)
    elif dice.chance(0.6):
        _touchdown(scene, width)


def _threshold(scene: Scene, end: float, width: float) -> None:
    """The end: a cross line and the "piano keys", behind them perhaps yellow chevrons of the overrun."""
    scene.block(end, 0, 0.6, width, 0.0, "marking", ink=0)
    keys = scene.dice.whole(3, 5)
    gap = width * 0.42 / (keys + 0.4)
    for side in (-1, 1):
        for key in range(keys):
            scene.block(
                end + 0.14 * scene.span, side * gap * (key + 0.9), 0.2 * scene.span, gap * 0.55, 0.0, "marking", ink=0
            )
    if scene.dice.chance(0.5):
        scene.strip([(end - scene.span, 0), (end, 0)], width, "pavement", ink=1)
        for x, _, _ in walk([(end - scene.span, 0), (end, 0)], 0.14 * scene.span):
            tip = x + width * 0.45
            scene.mark([(x, -width * 0.45), (tip, 0), (x, width * 0.45)], 0.01 * scene.span, "yellow", ink=1)


def _touchdown(scene: Scene, width: float) -> None:
    """Broad blocks on both sides of the centre line, one pair or bundles of three."""
    x, bars = scene.dice.uniform(-0.25, 0.25) * scene.span, scene.dice.pick((1, 1, 3))
    for side in (-1, 1):
        for bar in range(bars):
            y = side * width * (0.22 + 0.06 * bar)
            scene.block(x, y, 0.28 * scene.span, width * (0.11 if bars == 1 else 0.035), 0.0, "marking", ink=1)


def _taxiway(scene: Scene, width: float) -> None:
    """A narrower exit that leaves at a slant, with its yellow line."""
    side, x = scene.dice.pick((-1, 1)), scene.dice.uniform(-0.2, 0.3) * scene.span
    way: Points = [
        (x, side * width * 0.3),
        (x + 0.2 * scene.span, side * width * 0.7),
        (x + scene.span, side * scene.far),
    ]
    scene.strip(way, width * 0.35, "road", ink=2)
    scene.mark(way, 0.008 * scene.span, "yellow", ink=2)
