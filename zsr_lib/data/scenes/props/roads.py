"""Roads: a carriageway with its edge lines, lane lines and traffic."""

from dataclasses import dataclass

from zsr_lib.data.scenes.geometry import Points, shift, walk
from zsr_lib.data.scenes.props.vehicles import car, lorry
from zsr_lib.data.scenes.scene import Scene


@dataclass(frozen=True)
class Road:
    """How a road is built.

    Attributes:
        lanes: Number of lanes, both directions together.
        lane: Width of a lane in metres.
        shoulder: Width of the paved margin on each side, in metres.
        paint: Its surface.
        top: Height of the surface above the ground, in metres.
        traffic: Mean number of vehicles on 100 metres of one lane.
        ink: Which hands draw its edges.
        merge: Silhouette that its edges belong to (see `Part.merge`).
        middle: Paint of its centre line, or None for lanes in one direction.
    """

    lanes: int = 2
    lane: float = 3.6
    shoulder: float = 1.0
    paint: str = "road"
    top: float = 0.0
    traffic: float = 1.5
    ink: int | None = 0
    merge: str = ""
    middle: str | None = "yellow"

    @property
    def width(self) -> float:
        """Metres from edge to edge."""
        return self.lanes * self.lane + 2 * self.shoulder


def road(scene: Scene, path: Points, kind: Road, line_ink: int | None = 1, car_ink: int = 1) -> None:
    """Lays a road along `path` with lines (drawn by hands of `line_ink`) and vehicles (`car_ink`)."""
    scene.strip(path, kind.width, kind.paint, kind.top, kind.ink, merge=kind.merge)
    lines(scene, path, kind, line_ink)
    traffic(scene, path, kind, car_ink)


def lines(scene: Scene, path: Points, kind: Road, ink: int | None) -> None:
    """Paints the edge lines, the dashed lines between lanes and, on two-way roads, the centre line."""
    half = kind.lanes * kind.lane / 2
    for side in (-half, half):
        scene.mark(shift(path, side), 0.35, top=kind.top)
    for lane in range(1, kind.lanes):
        aside = shift(path, lane * kind.lane - half)
        if kind.middle and 2 * lane == kind.lanes:
            scene.mark(aside, 0.5, kind.middle, kind.top, ink)
        else:
            scene.dashes(aside, 4.0, 7.0, 0.4, "marking", kind.top, ink)


def traffic(scene: Scene, path: Points, kind: Road, ink: int) -> None:
    """Sets vehicles on the lanes, heading right-hand as on two-way roads."""
    dice = scene.dice
    for lane in range(kind.lanes):
        if kind.traffic <= 0:
            break
        aside = shift(path, (lane + 0.5) * kind.lane - kind.lanes * kind.lane / 2)
        back = bool(kind.middle) and lane < kind.lanes / 2
        for x, y, heading in walk(aside, 100 / kind.traffic, dice.uniform(0, 100 / kind.traffic)):
            if not scene.shows(x, y) or dice.chance(0.3):
                continue
            vehicle = lorry if dice.chance(0.1) else car
            vehicle(scene, dice, x, y, heading + (3.14159 if back else 0.0), kind.top, ink)
