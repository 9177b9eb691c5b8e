"""Plane geometry in metres: points are ``(x, y)`` tuples, shapes are lists of them.

Sines and cosines are rounded to nine digits, so that the last-bit differences between mathematical libraries
never reach a pixel.
"""

import itertools
import math

from zsr_lib.data.scenes.dice import Dice

Point = tuple[float, float]
Points = list[Point]


def turn(angle: float) -> tuple[float, float]:
    """(cosine, sine) of `angle` in radians, rounded to nine digits."""
    return round(math.cos(angle), 9), round(math.sin(angle), 9)


def place(points: Points, x: float = 0.0, y: float = 0.0, angle: float = 0.0, scale: float = 1.0) -> Points:
    """`points` scaled, turned by `angle` radians and moved to (x, y)."""
    c, s = turn(angle)
    c, s = c * scale, s * scale
    return [(x + c * px - s * py, y + s * px + c * py) for px, py in points]


def box(x: float, y: float, length: float, width: float, angle: float = 0.0) -> Points:
    """The four corners of a rectangle centred at (x, y), `length` along `angle`."""
    a, b = length / 2, width / 2
    return place([(-a, -b), (a, -b), (a, b), (-a, b)], x, y, angle)


def arc(x: float, y: float, radius: float, start: float, end: float, count: int = 16) -> Points:
    """`count` points on a circle from angle `start` to `end` (radians)."""
    step = (end - start) / (count - 1)
    turns = [turn(start + step * i) for i in range(count)]
    return [(x + radius * c, y + radius * s) for c, s in turns]


def ellipse(x: float, y: float, rx: float, ry: float, angle: float = 0.0, count: int = 24) -> Points:
    """A closed ellipse with half-axes `rx`, `ry`, as `count` points."""
    turns = [turn(2 * math.pi * i / count) for i in range(count)]
    return place([(rx * c, ry * s) for c, s in turns], x, y, angle)


def circle(x: float, y: float, radius: float, count: int = 24) -> Points:
    """A closed circle, as `count` points."""
    return ellipse(x, y, radius, radius, 0.0, count)


def blob(
    dice: Dice, x: float, y: float, radius: float, rough: float = 0.25, count: int = 9, stretch: float = 1.0
) -> Points:
    """A closed lumpy outline: a circle whose radius varies by ±`rough`, smoothed, stretched along a random axis."""
    turns = [turn(2 * math.pi * i / count) for i in range(count)]
    radii = [radius * (1 + dice.uniform(-rough, rough)) for _ in range(count)]
    raw = [(r * c * stretch, r * s / stretch) for r, (c, s) in zip(radii, turns, strict=True)]
    return smooth(place(raw, x, y, dice.uniform(0, math.pi)), rounds=2, closed=True)


def smooth(path: Points, rounds: int = 2, closed: bool = False) -> Points:
    """Chaikin's corner cutting, `rounds` times; the ends of an open path stay where they are."""
    for _ in range(rounds):
        following = path[1:] + path[:1] if closed else path[1:]
        cut: Points = []
        for (ax, ay), (bx, by) in zip(path, following, strict=False):
            cut.append((0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by))
            cut.append((0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by))
        path = cut if closed else [path[0], *cut[1:-1], path[-1]]
    return path


def distance(a: Point, b: Point) -> float:
    """Length of the straight line from `a` to `b`."""
    # Products, not powers: multiplication and square root are rounded alike everywhere, pow() is not.
    x, y = a[0] - b[0], a[1] - b[1]
    return math.sqrt(x * x + y * y)


def shift(path: Points, aside: float | list[float]) -> Points:
    """The path moved to its left by `aside` metres (one number, or one for each point)."""
    moved: Points = []
    for i, (x, y) in enumerate(path):
        (ax, ay), (bx, by) = path[max(i - 1, 0)], path[min(i + 1, len(path) - 1)]
        size = distance((ax, ay), (bx, by)) or 1.0
        by_how_much = aside if isinstance(aside, float | int) else aside[i]
        moved.append((x - (by - ay) / size * by_how_much, y + (bx - ax) / size * by_how_much))
    return moved


def walk(path: Points, step: float, start: float = 0.0) -> list[tuple[float, float, float]]:
    """Stations every `step` metres along the path, from `start`: (x, y, direction in radians)."""
    stations = []
    due, gone = start, 0.0
    for a, b in itertools.pairwise(path):
        length = distance(a, b)
        heading = round(math.atan2(b[1] - a[1], b[0] - a[0]), 9)
        while due < gone + length:
            part = (due - gone) / length
            stations.append((a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, heading))
            due += step
        gone += length
    return stations


def bounds(points: Points) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of the points."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)
