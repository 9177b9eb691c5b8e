"""Distances between codes, exact and independent of how the work is cut up.

Sums run in float64, whatever the codes' type: integer-valued codes then give exact distances, so that ties are seen as
ties, and float16 codes lose nothing. A matrix product rounds differently for different shapes; therefore it is only
ever called with tiles of one shape, padded at the edges, and no choice of memory budget can change a result.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from zsr_lib.evaluation.codes import Codes

QUERY_TILE = 64
GALLERY_TILE = 4096

Array = Any  # a NumPy array or a torch tensor: the formulas below read the same for both


def squared_euclidean(queries: Array, gallery: Array) -> Array:
    """‖q − g‖², which ranks as ‖q − g‖ does; a square root could merge distances that differ."""
    squares = (queries * queries).sum(1)[:, None] + (gallery * gallery).sum(1)[None, :]
    return (squares - 2 * (queries @ gallery.T)).clip(0)


def cosine(queries: Array, gallery: Array) -> Array:
    """1 − q·g / (‖q‖‖g‖), dividing last so that products of whole numbers stay exact."""
    norms = ((queries * queries).sum(1)[:, None] * (gallery * gallery).sum(1)[None, :]) ** 0.5
    return 1 - (queries @ gallery.T) / norms


def l1(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    """Σ |q − g|."""
    from scipy.spatial.distance import cdist

    return cdist(queries, gallery, "cityblock")


def hamming(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    """Number of differing bits of codes packed into (·, W) uint64 words, as uint32."""
    count = np.zeros((len(queries), len(gallery)), dtype=np.uint32)
    for word in range(queries.shape[1]):
        count += np.bitwise_count(queries[:, word, None] ^ gallery[None, :, word])
    return count


KERNELS: dict[str, Callable[[Array, Array], Array]] = {
    "euclidean": squared_euclidean,
    "cosine": cosine,
    "l1": l1,
    "hamming": hamming,
}


def block(codes: Codes, first: int, last: int) -> np.ndarray:
    """(last − first, N) distances of some queries: float64 (Euclidean: squared), or unsigned integers (Hamming).

    Args:
        codes: Checked codes.
        first: First query, a multiple of `QUERY_TILE`.
        last: One past the last query.
    """
    bits = codes.distance == "hamming"
    out = np.empty((last - first, len(codes.gallery)), dtype=count_type(codes) if bits else np.float64)
    load = load_words if bits else shifted_loader(codes)
    fill(out, codes, first, KERNELS[codes.distance], load)
    return out


def count_type(codes: Codes) -> type[np.unsignedinteger]:
    """The type of Hamming distances: 16 bits where they suffice, because NumPy sorts those by radix."""
    return np.uint16 if codes.gallery.shape[1] * 8 < np.iinfo(np.uint16).max else np.uint32


def fill(
    out: Array,
    codes: Codes,
    first: int,
    kernel: Callable[[Array, Array], Array],
    load: Callable[[np.ndarray, int], Array],
) -> None:
    """Writes the distances of the queries `first` … into `out`, tile by tile, always with the same tile shape."""
    rows, width = len(out), min(GALLERY_TILE, -(-len(codes.gallery) // 64) * 64)
    for left in range(0, len(codes.gallery), width):
        gallery = load(codes.gallery[left : left + width], width)
        for top in range(0, rows, QUERY_TILE):
            queries = load(codes.queries[first + top : first + min(top + QUERY_TILE, rows)], QUERY_TILE)
            part = out[top : top + QUERY_TILE, left : left + width]
            part[:] = kernel(queries, gallery)[: part.shape[0], : part.shape[1]]


def shifted_loader(codes: Codes) -> Callable[[np.ndarray, int], np.ndarray]:
    """Loads a tile as float64, padded with ones; for Euclidean distances relative to the gallery's smallest values.

    Without the shift, codes far from the origin would lose all digits of ‖q‖² + ‖g‖² − 2 q·g.
    """
    origin = codes.gallery.min(axis=0).astype(np.float64) if codes.distance == "euclidean" else 0.0

    def load(part: np.ndarray, height: int) -> np.ndarray:
        tile = np.ones((height, part.shape[1]))
        np.subtract(part, origin, out=tile[: len(part)], dtype=np.float64)
        return tile

    return load


def load_words(part: np.ndarray, height: int) -> np.ndarray:
    """Loads a tile of packed bits as uint64 words; bits beyond the code are 0 everywhere."""
    tile = np.zeros((height, -(-part.shape[1] // 8) * 8), dtype=np.uint8)
    tile[: len(part), : part.shape[1]] = part
    return tile.view(np.uint64)
