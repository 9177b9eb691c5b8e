"""From a thinned line mask to strokes: ordered points of each line between its ends and crossings."""

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

TAIL = 5
"""How many points back from its end a stroke's direction is measured."""

_RING = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))


def trace(mask: np.ndarray) -> list[np.ndarray]:
    """Orders the pixels of one-pixel-wide lines; a crossing ends the lines that meet there.

    Args:
        mask: (H, W) bool, thinned.

    Returns:
        For each line its (M, 2) int64 pixel centres (row, column) from one end to the other, in scan order of
        their first pixels. A closed line repeats its first point at the end.
    """
    mask = np.asarray(mask, dtype=bool)
    around = np.ones((3, 3), dtype=bool)
    lines = mask & ~ndimage.binary_dilation(branches(mask) >= 3, around)
    labels, count = ndimage.label(lines, structure=around)
    rows, columns = np.nonzero(lines)
    order = np.argsort(labels[rows, columns], kind="stable")
    points = np.stack([rows, columns], axis=1)[order]
    sizes = np.bincount(labels[rows, columns], minlength=count + 1)[1:]
    return [_walk(part) for part in np.split(points, np.cumsum(sizes)[:-1]) if len(part)]


def branches(mask: np.ndarray) -> np.ndarray:
    """How many lines leave each pixel of a thinned mask: 1 at an end, 2 along a line, more where lines meet.

    Args:
        mask: (H, W) bool, thinned.

    Returns:
        (H, W) int64, the runs of ink on the ring of eight neighbours; 0 off the lines.
    """
    padded = np.pad(np.asarray(mask, dtype=bool), 1)
    ring = np.stack([np.roll(padded, (-row, -column), (0, 1)) for row, column in _RING])
    runs = (ring & ~np.roll(ring, 1, axis=0)).sum(axis=0)
    return (padded * runs)[1:-1, 1:-1]


def _walk(points: np.ndarray) -> np.ndarray:
    """Orders the pixels of one line, each of which has at most two neighbours."""
    left = {tuple(point) for point in points.tolist()}
    start = min((sum(near in left for near in _around(point)), point) for point in left)[1]
    path = [start]
    left.remove(start)
    # Straight neighbours first: a pixel at a corner must not be jumped over diagonally.
    while (step := next((near for near in _around(path[-1]) if near in left), None)) is not None:
        path.append(step)
        left.remove(step)
    if len(path) > 3 and path[-1] in _around(start):
        path.append(start)
    return np.array(path, dtype=np.int64)


def _around(point: tuple[int, int]) -> list[tuple[int, int]]:
    row, column = point
    straight = [(row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column)]
    return straight + [(row + i, column + j) for i in (-1, 1) for j in (-1, 1)]


def join(strokes: list[np.ndarray], reach: float, bend: float) -> list[np.ndarray]:
    """Connects strokes whose ends go on in each other's direction, nearest ends first.

    Args:
        strokes: (M, 2) points each, M ≥ 2.
        reach: Largest gap between two ends, in the points' unit.
        bend: Largest turn at the gap, in radians.

    Returns:
        (M, 2) float64 points of the connected strokes.
    """
    if len(strokes) < 2:
        return [np.asarray(stroke, dtype=np.float64) for stroke in strokes]
    ends = np.array([stroke[row] for stroke in strokes for row in (0, -1)], dtype=np.float64)
    outward = ends - np.array([row for stroke in strokes for row in (stroke[: TAIL + 1][-1], stroke[-TAIL - 1 :][0])])
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    pairs = cKDTree(ends).query_pairs(reach, output_type="ndarray")
    pairs = pairs[pairs[:, 0] // 2 != pairs[:, 1] // 2]
    pairs = pairs[np.einsum("pc,pc->p", outward[pairs[:, 0]], outward[pairs[:, 1]]) <= -np.cos(bend)]
    gaps = np.linalg.norm(ends[pairs[:, 0]] - ends[pairs[:, 1]], axis=1)
    partner: dict[int, int] = {}
    for a, b in pairs[np.lexsort((pairs[:, 1], pairs[:, 0], gaps.round(6)))].tolist():
        if a not in partner and b not in partner:
            partner[a], partner[b] = b, a
    return _chains(strokes, partner)


def _chains(strokes: list[np.ndarray], partner: dict[int, int]) -> list[np.ndarray]:
    """Strings strokes together; end 2·s is the start of stroke s, end 2·s + 1 its finish."""
    done: set[int] = set()
    chains = []
    # Open chains first, from their free ends; what remains then are rings.
    for end in sorted(range(2 * len(strokes)), key=lambda end: (end in partner, end)):
        parts = []
        while end is not None and end // 2 not in done:
            done.add(end // 2)
            stroke = strokes[end // 2]
            parts.append(stroke[::-1] if end % 2 else stroke)
            end = partner.get(end ^ 1)
        if parts:
            chains.append(np.concatenate(parts).astype(np.float64))
    return chains


def simplify(line: np.ndarray, tolerance: float) -> np.ndarray:
    """Leaves out points of a line that are no farther than a tolerance from a straight piece between those it keeps.

    Douglas and Peucker (Cartographica 10, 1973). scikit-image's `approximate_polygon` measures through angles, whose
    last digit, and with it the corner that is taken of two equally far, depends on the processor; here the first is.

    Args:
        line: (M, 2) points on whole pixels, M ≥ 1.
        tolerance: In the points' unit.

    Returns:
        (K, 2) of the points, 1 ≤ K ≤ M, the first and the last among them.
    """
    kept, pieces = {0, len(line) - 1}, [(0, len(line) - 1)]
    while pieces:
        first, last = pieces.pop()
        if last - first > 1:
            far = _far(line[first + 1 : last] - line[first], line[last] - line[first])  # (M',) squared pixels
            corner = first + 1 + int(far.argmax())
            if far.max() > tolerance**2:
                kept.add(corner)
                pieces += [(first, corner), (corner, last)]
    return line[sorted(kept)]


def _far(points: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(M,) squared distances from the piece 0 … end: whole numbers and one division, rounded alike everywhere."""
    along, length = (points * end).sum(axis=1), (end * end).sum()
    across = points[:, 0] * end[1] - points[:, 1] * end[0]
    before, behind = (points * points).sum(axis=1), np.square(points - end).sum(axis=1)
    return np.where(along <= 0, before, np.where(along >= length, behind, across * across / max(length, 1)))
