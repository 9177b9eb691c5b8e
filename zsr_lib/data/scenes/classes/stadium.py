"""A stadium: an oval of stands around a marked pitch, often with a running track between."""

from zsr_lib.data.scenes.geometry import Points, arc, box, circle, place
from zsr_lib.data.scenes.registry import TOWN_GROUND, recipe
from zsr_lib.data.scenes.scene import Scene

RIGHT = 1.57079632679


@recipe("stadium", span=(150, 260), grounds=TOWN_GROUND, around=("trees", "cars", "houses", "bushes"))
def stadium(scene: Scene) -> None:
    """Lays the stands (a full oval, two sides, or one), the track, and the pitch with its lines."""
    dice, span = scene.dice, scene.span
    long = dice.uniform(0.23, 0.31) * span
    wide = long * dice.uniform(0.58, 0.72)
    square = dice.chance(0.25)
    track = 0.0 if square else long * dice.uniform(0.1, 0.2)
    stand = long * dice.uniform(0.25, 0.45)
    if dice.chance(0.5):
        scene.area(_oval(long, wide, track + stand * 1.35, square), dice.pick(("pavement", "concrete", "asphalt")), 0.1)
    form = dice.pick(("full", "full", "full", "sides", "side"))
    _stands(scene, (long, wide, track, stand), form, square)
    if track:
        _track(scene, long, wide, track)
    scene.area(_oval(long, wide, 0.0, square), "lawn", 0.2, 0)
    _pitch(scene, long * 0.92, wide * 0.86)
    if form == "full":
        for corner in range(4):
            x, y = place([(long + track + stand, 0)], angle=0.75 + corner * RIGHT)[0]
            scene.disc(x, y, 1.6, "frame", 40.0)


def _oval(long: float, wide: float, grow: float, square: bool) -> Points:
    """A stadium outline around a pitch of half-length `long` and half-width `wide`, grown by `grow` metres."""
    a, b = long + grow, wide + grow
    if square:
        cut = 0.12 * a + 0.5 * grow
        return [
            (-a + cut, -b),
            (a - cut, -b),
            (a, -b + cut),
            (a, b - cut),
            (a - cut, b),
            (-a + cut, b),
            (-a, b - cut),
            (-a, -b + cut),
        ]
    straight = a - b * 0.9
    right = [(straight + (x - straight) * 0.9, y) for x, y in arc(straight, 0, b, -RIGHT, RIGHT, 18)]
    return right + [(-x, -y) for x, y in right]


def _stands(scene: Scene, plan: tuple[float, float, float, float], form: str, square: bool) -> None:
    """Tiers that rise outwards; `plan` is half-length, half-width, depth of the track, depth of the stands."""
    long, wide, track, stand = plan
    tiers = scene.dice.whole(2, 4)
    roof = scene.dice.chance(0.5)
    if form == "full":
        for tier in range(tiers, 0, -1):
            paint = "stand" if tier == tiers and roof else ("seats" if tier % 2 else "stand")
            scene.area(
                _oval(long, wide, track + stand * tier / tiers, square),
                paint,
                5.0 + 14 * tier / tiers,
                0 if tier == tiers else 1,
            )
        scene.area(_oval(long, wide, track + stand * 0.06, square), "kerb", 0.4, 1)
        for aisle in range(16):
            inner, outer = place([(0.6 * wide, 0), (long + track + stand, 0)], angle=aisle * RIGHT / 4)
            scene.stroke([inner, outer], 3)
        return
    for side in (-1, 1) if form == "sides" else (1,):
        deep = stand * 0.8
        scene.block(0, side * (wide + track + deep / 2), long * 1.5, deep, 0.0, "stand", 3.0, 0)
        for tier in range(tiers):
            y = side * (wide + track + deep * (tier + 0.5) / tiers)
            scene.block(0, y, long * 1.5, deep / tiers, 0.0, "seats" if tier % 2 else "stand", 3.0 + 4 * tier, 2)


def _track(scene: Scene, long: float, wide: float, track: float) -> None:
    """The running track with its lane lines."""
    scene.area(_oval(long, wide, track, False), "track", 0.1, 0)
    lanes = 4
    for lane in range(1, lanes):
        line = _oval(long, wide, track * lane / lanes, False)
        scene.mark([*line, line[0]], 0.5, ink=3)


def _pitch(scene: Scene, long: float, wide: float) -> None:
    """Outline, halfway line, centre circle and penalty areas, on mown stripes."""
    dice = scene.dice
    for stripe in range(0, 10, 2) if dice.chance(0.5) else ():
        scene.block((stripe - 4.5) * long / 5, 0, long / 5, 2 * wide, 0.0, "meadow")
    frame = box(0, 0, 2 * long, 2 * wide)
    scene.mark([*frame, frame[0]], 0.8, ink=0)
    scene.mark([(0, -wide), (0, wide)], 0.8, ink=0)
    ring = circle(0, 0, wide * 0.27, 20)
    scene.mark([*ring, ring[0]], 0.8, ink=0)
    for side in (-1, 1):
        goal = box(side * long * 0.84, 0, long * 0.32, wide * 1.1)
        scene.mark([*goal, goal[0]], 0.8, ink=1)
