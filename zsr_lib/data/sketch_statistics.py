"""How a sketch differs from an edge map, in numbers: measurements of ink, one per image.

Lengths are in sides of the image, so that they can be compared between sizes; thin lines fade when an image is
shrunk, so compare images of one size. A statistic that is not defined without ink is 0 there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage import measure, morphology

from zsr_lib.data.drawing.strokes import branches, simplify, trace
from zsr_lib.errors import BadInputError

INK_BELOW = 200
"""Pixels darker than this (0 black … 255 white) count as ink."""

STATISTICS = {
    "ink": "share of pixels with ink",
    "coverage": "share of the 8 × 8 cells of the image that hold ink",
    "spread": "root mean square distance of ink from its centre of mass, in sides",
    "parts": "number of connected pieces of ink",
    "length": "length of all lines after thinning, in sides",
    "width": "mean line width: area of ink by length of lines, in sides",
    "width variation": "standard deviation of the line width by its mean",
    "junctions": "crossings and branchings per side of line length; those closer than 3/100 of a side count once",
    "ends": "free line ends per side of line length",
    "straightness": "share of line length in straight pieces of at least 8/100 of a side (tolerance 8/1000)",
    "symmetry": "largest cosine similarity of the blurred ink with its mirror image, over four axes through its "
    "centre of mass",
}
"""Name → definition and unit."""


def describe_ink(images: np.ndarray) -> dict[str, np.ndarray]:
    """Measures N drawings.

    Args:
        images: (N, S, S, 3) uint8, dark ink on white paper, S at least 16.

    Returns:
        For each name in `STATISTICS`, (N,) float64.

    Raises:
        BadInputError: The images have another shape or type.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[3] != 3 or images.dtype != np.uint8 or images.shape[1] != images.shape[2]:
        raise BadInputError(
            f"cannot measure drawings of shape {images.shape} and type {images.dtype}.",
            "give (N, S, S, 3) uint8: square images, decoded.",
        )
    if images.shape[1] < 16:
        raise BadInputError(f"drawings of {images.shape[1]} pixels are too small to measure.", "use at least 16.")
    rows = [_describe(image.mean(axis=2) < INK_BELOW) for image in images]
    return {name: np.array([row[name] for row in rows], dtype=np.float64) for name in STATISTICS}


def _describe(ink: np.ndarray) -> dict[str, float]:
    if not ink.any():
        return dict.fromkeys(STATISTICS, 0.0)
    return _amount(ink) | _lines(ink) | {"symmetry": _symmetry(ink)}


def _amount(ink: np.ndarray) -> dict[str, float]:
    """How much ink there is, and where."""
    side = len(ink)
    at = np.argwhere(ink)
    cells = {(row * 8 // side, column * 8 // side) for row, column in at.tolist()}
    return {
        "ink": ink.mean(),
        "coverage": len(cells) / 64,
        "parts": measure.label(ink).max(),
        "spread": np.sqrt(at.var(axis=0).sum()) / side,
    }


def _lines(ink: np.ndarray) -> dict[str, float]:
    """What the thinned lines are like."""
    side = len(ink)
    thin = morphology.skeletonize(ink)
    length = thin.sum() / side
    widths = 2 * ndimage.distance_transform_edt(np.pad(ink, 1))[1:-1, 1:-1][thin]
    # Thinning a thick corner leaves a spur as long as half the width: not a line, and not a branching.
    lines = branches(_without_ends(thin, int(np.ceil(widths.max() / 2))))
    near = morphology.disk(max(1, round(0.015 * side)))
    return {
        "length": length,
        "width": ink.sum() / side**2 / length,
        "width variation": widths.std() / widths.mean(),
        "junctions": measure.label(morphology.dilation(lines >= 3, near)).max() / length,
        "ends": (lines == 1).sum() / length,
        "straightness": _straightness(thin),
    }


def _without_ends(thin: np.ndarray, steps: int) -> np.ndarray:
    for _ in range(steps):
        thin = thin & (branches(thin) != 1)
    return thin


def _straightness(thin: np.ndarray) -> float:
    side = len(thin)
    lines = [simplify(line, 0.008 * side) for line in trace(thin) if len(line) > 1]
    pieces = np.concatenate([np.linalg.norm(np.diff(line, axis=0), axis=1) for line in lines] or [np.zeros(0)])
    return float(pieces[pieces >= 0.08 * side].sum() / pieces.sum()) if len(pieces) else 0.0


def _symmetry(ink: np.ndarray) -> float:
    """Mirrors left to right, top to bottom and along both diagonals."""
    side = len(ink)
    soft = ndimage.gaussian_filter(ink.astype(np.float64), 0.02 * side, mode="constant")
    centre = np.argwhere(ink).mean(axis=0)
    middle = np.full((2 * side + 1, 2 * side + 1), 0.0)
    row, column = (side - centre.round().astype(int)).tolist()
    middle[row : row + side, column : column + side] = soft
    mirrored = (middle[:, ::-1], middle[::-1], middle.T, middle[::-1, ::-1].T)
    return max(float((middle * other).sum()) for other in mirrored) / float(np.square(middle).sum())


@dataclass(frozen=True)
class Separability:
    """How well two groups of drawings can be told apart by their statistics; 0.5 is not at all, 1 is always.

    Attributes:
        auc: Area under the ROC curve of a cross-validated logistic regression on all statistics.
        accuracy: Its accuracy at even odds, each group counting half.
        each: For each statistic alone, the area under the ROC curve: above 0.5 when the second group has more.
    """

    auc: float
    accuracy: float
    each: Mapping[str, float]


def separability(first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray], seed: int = 0) -> Separability:
    """Tells two groups of drawings apart by logistic regression on standardised statistics, five-fold.

    Args:
        first: Statistics of N drawings, from `describe_ink`.
        second: Statistics of M drawings. Take the same classes as in `first`, or classes are told apart.
        seed: Deals the drawings to folds.

    Raises:
        BadInputError: Fewer than five drawings in a group, or different statistics.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    names = tuple(first)
    counts = [len(next(iter(group.values()), ())) for group in (first, second)]
    if not names or names != tuple(second) or min(counts) < 5:
        raise BadInputError(
            f"cannot tell {counts[0]} drawings from {counts[1]} by these statistics.",
            "give both groups from describe_ink, with at least five drawings in each.",
        )
    values = np.array([np.concatenate([first[name], second[name]]) for name in names]).T
    truth = np.repeat([0, 1], counts)
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    chance = cross_val_predict(model, values, truth, cv=folds, method="predict_proba")[:, 1]
    each = {name: float(roc_auc_score(truth, column)) for name, column in zip(names, values.T, strict=True)}
    return Separability(float(roc_auc_score(truth, chance)), float(balanced_accuracy_score(truth, chance > 0.5)), each)
