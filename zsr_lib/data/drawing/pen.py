"""A pen in a hand: strokes that shake a little and change their width."""

import numpy as np
from PIL import Image, ImageDraw

STEP = 0.02
SHAKE = 0.003
WIDTHS = (0.003, 0.006)
GREYS = (0, 60)


def ink(strokes: list[np.ndarray], size: int, rng: np.random.Generator) -> np.ndarray:
    """Draws strokes as black ink on white paper.

    Args:
        strokes: (M, 2) points each (row, column) in units of the paper's side, 0 … 1.
        size: Side of the paper in pixels.
        rng: Shakes the hand; the pen's mean width (0.3 to 0.6 % of the side) and blackness are drawn once.

    Returns:
        (size, size) uint8, 0 black ink to 255 white paper.
    """
    paper = Image.new("L", (size, size), 255)
    canvas = ImageDraw.Draw(paper)
    width, grey = rng.uniform(*WIDTHS), int(rng.integers(*GREYS))
    for stroke in strokes:
        path = _resample(stroke)
        path = path + SHAKE * _drift(len(path), 2, rng)
        widths = width * (1 + 0.25 * _drift(len(path), 1, rng)[:, 0])
        _stroke(canvas, path * size, widths * size, grey)
    return np.asarray(paper)


def _resample(stroke: np.ndarray) -> np.ndarray:
    """Adds points to straight pieces so that no two are farther apart than a step; keeps the corners."""
    counts = np.ceil(np.linalg.norm(np.diff(stroke, axis=0), axis=1) / STEP).astype(int).clip(min=1)
    pieces = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(stroke, stroke[1:], counts, strict=False)]
    return np.concatenate([*pieces, stroke[-1:]])


def _drift(count: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """(count, columns) smooth noise, about −1 … 1: a moving mean over nine uniform draws."""
    noise = rng.uniform(-1.0, 1.0, (count + 8, columns))
    return sum(noise[shift : shift + count] for shift in range(9)) / 9 * 3


def _stroke(canvas: ImageDraw.ImageDraw, path: np.ndarray, widths: np.ndarray, grey: int) -> None:
    """Round-tipped segments; whole pixels, so that every machine draws the same."""
    points, radii = path.round().astype(int)[:, ::-1], np.maximum(widths / 2, 0.5)
    for (x, y), (u, v), radius in zip(points, points[1:], radii, strict=False):
        canvas.line((int(x), int(y), int(u), int(v)), fill=grey, width=max(1, round(2 * radius)))
    for (x, y), radius in zip(points, radii, strict=True):
        whole = round(radius)
        canvas.ellipse((int(x) - whole, int(y) - whole, int(x) + whole, int(y) + whole), fill=grey)
