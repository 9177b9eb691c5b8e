"""A scene: the parts that a recipe lays down, in metres, and how each looks to a camera and to a drawing hand."""

from dataclasses import dataclass, field

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.geometry import Points, box, circle, distance, place, shift, turn, walk


@dataclass(frozen=True)
class Part:
    """One flat or raised area of a scene.

    Attributes:
        outline: Closed polygon in metres, the tile's centre at (0, 0).
        paint: Name in `paints.PAINTS`, or None for a part that only the hand draws.
        top: Height of its upper side above the ground, in metres.
        strokes: Lines that a hand draws for it, in metres; empty where a hand leaves it out.
        ink: Which hands draw it: 0 all, 1 most, 2 only careful ones.
        merge: Parts with the same non-empty name are drawn as one silhouette (crossing roads, wings of a house).
        facing: Direction (radians) towards which a sloping surface looks, for its light; None when level.
        like: How many parts before this one lies the part whose very colour it has (a car's roof); 0 for none.
        thin: Whether its strokes are lines of their own and not its borders; thin parts hide no other strokes.
    """

    outline: Points
    paint: str | None
    top: float = 0.0
    strokes: tuple[Points, ...] = ()
    ink: int = 0
    merge: str = ""
    facing: float | None = None
    like: int = 0
    thin: bool = False


@dataclass
class Scene:
    """What recipes draw on; later parts cover earlier ones.

    Attributes:
        dice: Random draws for the shape.
        span: Metres that the tile shows from side to side.
        ground: Paint of the bare ground.
        parts: The parts so far, bottom first.
        stains: Translucent dark bands (path, width in metres, darkness 0–1): tyre marks, wet edges, tracks.
    """

    dice: Dice
    span: float
    ground: str
    parts: list[Part] = field(default_factory=list)
    stains: list[tuple[Points, float, float]] = field(default_factory=list)

    @property
    def far(self) -> float:
        """A distance from the centre that lies outside of the picture in every direction, in metres."""
        return self.span * 0.95

    def area(
        self,
        outline: Points,
        paint: str | None,
        top: float = 0.0,
        ink: int | None = None,
        *,
        merge: str = "",
        facing: float | None = None,
        like: int = 0,
    ) -> None:
        """Fills a polygon; a hand draws its outline if `ink` is given (0 always, 1 mostly, 2 when careful)."""
        strokes = () if ink is None else ([*outline, outline[0]],)
        self.parts.append(Part(outline, paint, top, strokes, ink or 0, merge, facing, like))

    def block(
        self,
        x: float,
        y: float,
        length: float,
        width: float,
        angle: float,
        paint: str,
        top: float = 0.0,
        ink: int | None = None,
        *,
        merge: str = "",
        facing: float | None = None,
        like: int = 0,
    ) -> None:
        """Fills a rectangle centred at (x, y), `length` along `angle`."""
        self.area(box(x, y, length, width, angle), paint, top, ink, merge=merge, facing=facing, like=like)

    def disc(
        self,
        x: float,
        y: float,
        radius: float,
        paint: str | None,
        top: float = 0.0,
        ink: int | None = None,
        *,
        merge: str = "",
    ) -> None:
        """Fills a circle."""
        self.area(circle(x, y, radius, 12 if radius < self.span / 40 else 28), paint, top, ink, merge=merge)

    def strip(
        self,
        path: Points,
        width: float | list[float],
        paint: str,
        top: float = 0.0,
        ink: int | None = None,
        *,
        merge: str = "",
    ) -> None:
        """Fills a band of the given width (one, or one for each point) along `path`; a hand draws its two edges."""
        half = [w / 2 for w in width] if isinstance(width, list) else width / 2
        left = shift(path, half)
        right = shift(path, [-h for h in half] if isinstance(half, list) else -half)
        strokes = () if ink is None else (left, right)
        self.parts.append(Part(left + right[::-1], paint, top, strokes, ink or 0, merge))

    def mark(
        self, path: Points, width: float = 0.4, paint: str = "marking", top: float = 0.0, ink: int | None = None
    ) -> None:
        """Paints a thin line along `path`; a hand draws one stroke for it."""
        outline = shift(path, width / 2) + shift(path, -width / 2)[::-1]
        self.parts.append(Part(outline, paint, top, () if ink is None else (path,), ink or 0, thin=True))

    def dashes(
        self,
        path: Points,
        on: float,
        off: float,
        width: float = 0.4,
        paint: str = "marking",
        top: float = 0.0,
        ink: int | None = None,
    ) -> None:
        """Paints a dashed line: `on` metres painted, `off` metres bare."""
        for x, y, heading in walk(path, on + off, self.dice.uniform(0, off)):
            c, s = turn(heading)
            if abs(x) < self.far and abs(y) < self.far:
                self.mark([(x, y), (x + c * on, y + s * on)], width, paint, top, ink)

    def stroke(self, points: Points, ink: int | None = None) -> None:
        """Adds a line that only the hand draws (a ridge, a seam), without area."""
        self.parts.append(Part([], None, 0.0, (points,) if ink is not None else (), ink or 0, thin=True))

    def stain(self, path: Points, width: float, dark: float) -> None:
        """Darkens a soft band along `path` by the share `dark` of its light."""
        self.stains.append((path, width, dark))

    def across(self, y: float = 0.0, bend: float = 0.0, angle: float = 0.0, count: int = 13) -> Points:
        """A path from edge to edge through (0, y), turned by `angle`, bowed by up to `bend` metres in its middle."""
        xs = [self.far * 1.5 * (2 * i / (count - 1) - 1) for i in range(count)]
        return place([(x, y + bend * (1 - x * x / (self.far * self.far))) for x in xs], angle=angle)

    def shows(self, x: float, y: float) -> bool:
        """Whether (x, y) may be in the picture, however it is turned; what is farther out need not be laid."""
        return distance((x, y), (0, 0)) < self.far
