"""A marina: jetties in water with boats moored side by side on both sides."""

from zsr_lib.data.scenes.geometry import Points, box
from zsr_lib.data.scenes.props.vehicles import boat
from zsr_lib.data.scenes.registry import recipe
from zsr_lib.data.scenes.scene import Scene

RIGHT = 1.57079632679


@recipe("harbor", span=(60, 125), grounds=("water",), around=())
def harbor(scene: Scene) -> None:
    """Lays one to four jetties, the cross pier that joins them or the quay, and the boats."""
    dice = scene.dice
    length = dice.uniform(0.1, 0.17) * scene.span
    gap = length * dice.uniform(2.9, 4.2)
    count = max(int(scene.span / gap) + dice.whole(0, 1), 1)
    start = -scene.far if dice.chance(0.5) else dice.uniform(-0.45, -0.25) * scene.span
    if start > -scene.far and dice.chance(0.6):
        _quay(scene, start)
    elif start > -scene.far:
        scene.strip([(start, -scene.far), (start, scene.far)], 3.0, "jetty", 0.8, 1)
    stop = scene.far if dice.chance(0.5) else dice.uniform(0.2, 0.42) * scene.span
    full = dice.uniform(0.65, 1.0)
    for number in range(count):
        y = (number - (count - 1) / 2) * gap + dice.bell(0.03) * gap
        end = stop if stop == scene.far else stop * dice.uniform(0.8, 1.1)
        _jetty(scene, start, end, y, length, full)


def _quay(scene: Scene, edge: float) -> None:
    """Firm ground behind the root of the jetties."""
    far = scene.far * 1.6
    scene.area(
        [(-far, -far), (edge, -far), (edge, far), (-far, far)],
        scene.dice.pick(("pavement", "concrete", "grass", "dry")),
        1.5,
        1,
    )
    scene.strip([(edge - 1.0, -far), (edge - 1.0, far)], 2.0, "kerb", 1.8)


def _jetty(scene: Scene, start: float, end: float, y: float, length: float, full: float) -> None:
    """One jetty with fingers; a share `full` of its berths is taken."""
    dice = scene.dice
    scene.strip([(start, y), (end, y)], dice.uniform(1.8, 3.0), "jetty", 0.8, 0)
    berth = length * dice.uniform(0.36, 0.46)
    for side in (-1, 1):
        x, number = start + berth, 0
        while x < end - berth / 2:
            if number % 2 == 0:
                finger: Points = box(x - berth / 2, y + side * length * 0.5, 0.8, length, 0.0)
                scene.area(finger, "jetty", 0.6, 2)
            if scene.shows(x, y) and dice.chance(full):
                size = length * dice.uniform(0.75, 1.05)
                out = y + side * (1.6 + size / 2)
                boat(
                    scene,
                    dice,
                    x + dice.bell(0.2),
                    out,
                    side * RIGHT * dice.pick((1, 1, -1)),
                    size,
                    ink=dice.pick((0, 0, 0, 1, 2)),
                )
            x += berth
            number += 1
