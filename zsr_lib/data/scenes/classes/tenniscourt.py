"""Tennis courts: one or several side by side in a fenced, coloured surround, with their white lines."""

from zsr_lib.data.scenes.geometry import Points, box, place
from zsr_lib.data.scenes.registry import TOWN_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene

HALF, SINGLES, DOUBLES, SERVICE = 11.885, 4.115, 5.485, 6.4
"""Half-lengths and half-widths of a court in metres (International Tennis Federation, rule 1)."""


@recipe(
    "tenniscourt", span=(42, 92), grounds=(*TOWN_GROUND, "grass"), around=("trees", "bushes", "houses", "cars", "sheds")
)
def tenniscourt(scene: Scene) -> None:
    """Lays one or two fenced groups of courts, with paths, light masts and benches."""
    dice = scene.dice
    most = 1 if scene.span < 48 else (3 if scene.span < 66 else 5)
    count = dice.whole(1, most)
    second = scene.span > 70 and count < 4 and dice.chance(0.5)
    y = -20.0 if second else 0.0
    _group(scene, y, count)
    if second:
        _group(scene, y + 41.0, dice.whole(1, count))
    if dice.chance(0.4):
        side = dice.pick((-1, 1))
        scene.strip([(-scene.far, side * 23.0), (scene.far, side * 23.0)], 2.2, "path", 0.0, 3)


def _group(scene: Scene, y: float, count: int) -> None:
    """`count` courts next to each other, their long sides along y, in one fenced surround."""
    dice = scene.dice
    pitch = dice.uniform(14.5, 18.0)
    wide, long = count * pitch + dice.uniform(2.0, 5.0), 2 * HALF + dice.uniform(7.0, 12.0)
    corner = dice.pick((0.0, 0.0, 3.0))
    a, b = wide / 2, long / 2
    fence: Points = [
        (-a + corner, y - b),
        (a - corner, y - b),
        (a, y - b + corner),
        (a, y + b - corner),
        (a - corner, y + b),
        (-a + corner, y + b),
        (-a, y + b - corner),
        (-a, y - b + corner),
    ]
    if corner == 0.0:
        fence = box(0, y, wide, long)
    scene.area(fence, "kerb" if dice.chance(0.5) else "asphalt", 0.0, 0)
    scene.area([(x * (1 - 1.2 / a), y + (v - y) * (1 - 1.2 / b)) for x, v in fence], "surround")
    for number in range(count):
        _court(scene, (number - (count - 1) / 2) * pitch, y)
    for side in (-1, 1):
        if dice.chance(0.4):
            scene.block(side * (a - 0.5), y, 0.8, 0.8, 0.0, "frame", 9.0)


def _court(scene: Scene, x: float, y: float) -> None:
    """One court: doubles and singles lines, service boxes, net."""

    def line(points: Points, ink: int) -> None:
        scene.mark(place(points, x, y), 0.22, ink=ink)

    scene.area(box(x, y, 2 * DOUBLES, 2 * HALF), "court", 0.0, 0)
    for side in (-1, 1):
        line([(side * DOUBLES, -HALF), (side * DOUBLES, HALF)], 3)
        line([(side * SINGLES, -HALF), (side * SINGLES, HALF)], 0)
        line([(-DOUBLES, side * HALF), (DOUBLES, side * HALF)], 3)
        line([(-SINGLES, side * SERVICE), (SINGLES, side * SERVICE)], 0)
    line([(0, -SERVICE), (0, SERVICE)], 0)
    scene.mark([(x - DOUBLES - 0.9, y), (x + DOUBLES + 0.9, y)], 0.3, "frame", 1.0, 1)
