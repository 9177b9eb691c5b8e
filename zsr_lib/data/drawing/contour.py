"""A drawing closer to a hand: a few long, straightened, slightly shaky strokes along the strongest contours."""

import numpy as np
from scipy import ndimage
from skimage import color, feature, morphology, restoration

from zsr_lib.data.drawing.pen import ink
from zsr_lib.data.drawing.strokes import join, simplify, trace

# Lengths are in pixels of the 256-pixel working image.
CHROMA = 2.0
SMOOTHING, SIGMA = 0.06, 1.0
QUANTILES = (0.80, 0.90)
REACH, BEND = 14.0, np.pi / 8
SHORTEST, MOST = 18, 26
FAINT = 0.2  # of the strongest line: fainter ones are texture
TOLERANCE = (1.8, 3.0)
ENOUGH = (4.5, 7.0)  # total length of the strokes, in sides of the image
CENTRE = 0.3  # sides: a hand draws what is in the middle
PAPER = 4  # drawn larger and shrunk later, which smooths the lines


def contour(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Smooths, finds contours, keeps the most telling ones and draws them with a pen.

    Real hand sketches of aerial photos have few strokes, most of them straight, and leave texture out. So the
    photo is flattened (total variation), contours of its main colour contrast are thinned, traced and joined,
    each is simplified (Douglas–Peucker), and those that are long, strong and straight are drawn first until the
    hand has had enough.

    Args:
        photo: (S, S, 3) uint8.
        rng: Decides how much is drawn, how coarsely, and how the pen shakes.

    Returns:
        (4·S, 4·S) uint8, 0 black ink to 255 white paper.
    """
    side = len(photo)
    flat = _flatten(photo)
    lines = [line for line in join(_lines(flat), REACH, BEND) if len(line) >= SHORTEST]
    strength = np.max(
        [ndimage.gaussian_gradient_magnitude(channel, SIGMA) for channel in np.moveaxis(flat, -1, 0)], axis=0
    )
    tolerance, enough = rng.uniform(*TOLERANCE), rng.uniform(*ENOUGH) * side
    strokes = [simplify(line, tolerance) for line in lines]
    means = [strength[tuple(line.round().astype(np.int64).T)].mean() for line in lines]
    worth = [_worth(*each, side) for each in zip(lines, strokes, means, strict=True)]
    chosen, drawn = [], 0.0
    # Two sides of one roof are worth the same; the last digit, which processors compute differently, may not choose.
    for index in np.argsort(np.negative(worth).round(9), kind="stable")[:MOST].tolist():
        if drawn < enough and means[index] > FAINT * max(means):
            chosen.append((strokes[index] + 0.5) / side)
            drawn += len(lines[index])
    return ink(chosen, PAPER * side, rng)


def _flatten(photo: np.ndarray) -> np.ndarray:
    """(S, S, 3) float64 Lab colours without texture; courts and roofs differ from grass in colour above all."""
    lab = color.rgb2lab(photo) * (np.array([1.0, CHROMA, CHROMA]) / 100.0)
    return restoration.denoise_tv_chambolle(lab, weight=SMOOTHING, max_num_iter=40, channel_axis=-1).round(9)


def _lines(flat: np.ndarray) -> list[np.ndarray]:
    """Contours along the colour direction with the largest variance, double ones merged."""
    centred = flat.reshape(-1, 3) - flat.mean(axis=(0, 1))
    # No BLAS and a rounded axis: the number of threads must not change a single pixel.
    _, axes = np.linalg.eigh(np.einsum("pc,pd->cd", centred, centred))
    contrast = centred @ axes[:, -1].round(6)
    low, high = QUANTILES
    edges = feature.canny(contrast.reshape(flat.shape[:2]), SIGMA, low, high, use_quantiles=True)
    merged = morphology.skeletonize(morphology.dilation(edges, morphology.disk(1)))
    return [line for line in trace(merged) if len(line) >= 4]


def _worth(line: np.ndarray, stroke: np.ndarray, strength: float, side: int) -> float:
    """How much a line tells: longer, along a stronger contour, and made of long straight pieces."""
    pieces = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    straightness = np.square(pieces).sum() / max(pieces.sum(), 1e-9)
    inside = np.exp(-np.square((line / side - 0.5) / CENTRE).sum(axis=1).mean() / 2)
    return float(np.sqrt(len(line)) * strength**0.7 * straightness**1.5 * inside)
