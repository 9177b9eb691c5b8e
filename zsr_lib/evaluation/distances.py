"""Distances between codes, exact and independent of how the work is cut up.

Sums run in float64, whatever the codes' type: integer-valued codes then give exact distances, so that ties are seen as
ties, and float16 codes lose nothing. A matrix product rounds differently for different shapes; therefore it is only
ever called with tiles of one shape, padded at the edges, and no choice of memory budget can change a result.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from zsr_lib.evaluation.codes import Codes

QUERY_TILE = 64
GALLERY_TILE = 4096

Array = Any  # a NumPy array or a torch tensor: the formulas below read the same for both


class Tile(NamedTuple):
    """A few codes that are compared at once.

    Attributes:
        values: (T, D) float64 numbers, or (T, W) uint64 words of bits.
        squares: (T,) sums of squared values.
    """

    values: Array
    squares: Array


def squared_euclidean(queries: Tile, gallery: Tile) -> Array:
    """‖q − g‖², which ranks as ‖q − g‖ does; a square root could merge distances that differ."""
    far = queries.values @ gallery.values.T
    far *= -2  # in place: fresh memory costs more time here than arithmetic
    far += queries.squares[:, None]
    far += gallery.squares[None, :]
    far *= far > 0
    return far


def cosine(queries: Tile, gallery: Tile) -> Array:
    """1 − q·g / (‖q‖‖g‖), dividing last so that products of whole numbers stay exact."""
    near = queries.values @ gallery.values.T
    near /= queries.squares[:, None] ** 0.5
    near /= gallery.squares[None, :] ** 0.5
    return 1 - near


def l1(queries: Tile, gallery: Tile) -> np.ndarray:
    """Σ |q − g|."""
    from scipy.spatial.distance import cdist

    return cdist(queries.values, gallery.values, "cityblock")


def hamming(queries: Tile, gallery: Tile) -> np.ndarray:
    """Number of differing bits of codes packed into (·, W) uint64 words, as uint32."""
    count = np.zeros((len(queries.values), len(gallery.values)), dtype=np.uint32)
    for word in range(queries.values.shape[1]):
        count += np.bitwise_count(queries.values[:, word, None] ^ gallery.values[None, :, word])
    return count


KERNELS: dict[str, Callable[[Tile, Tile], Array]] = {
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


def tile_width(gallery: int) -> int:
    """Gallery items a tile holds: a multiple of 64, with little padding, and dependent on the gallery alone."""
    tiles = -(-gallery // GALLERY_TILE)
    return -(-gallery // tiles // 64) * 64


def fill(
    out: Array,
    codes: Codes,
    first: int,
    kernel: Callable[[Tile, Tile], Array],
    load: Callable[[np.ndarray, int], Array],
) -> None:
    """Writes the distances of the queries `first` … into `out`, tile by tile, always with the same tile shape."""
    rows, width = len(out), tile_width(len(codes.gallery))
    for left in range(0, len(codes.gallery), width):
        gallery = _tile(load(codes.gallery[left : left + width], width))
        for top in range(0, rows, QUERY_TILE):
            queries = _tile(load(codes.queries[first + top : first + min(top + QUERY_TILE, rows)], QUERY_TILE))
            part = out[top : top + QUERY_TILE, left : left + width]
            part[:] = kernel(queries, gallery)[: part.shape[0], : part.shape[1]]


def _tile(values: Array) -> Tile:
    return Tile(values, (values * values).sum(1))


def shifted_loader(codes: Codes) -> Callable[[np.ndarray, int], np.ndarray]:
    """Loads a tile as float64, padded with ones; for Euclidean distances relative to the gallery's smallest values.

    Without the shift, codes far from the origin would lose all digits of ‖q‖² + ‖g‖² − 2 q·g.
    """
    origin = codes.gallery.min(axis=0).astype(np.float64) if codes.distance == "euclidean" else 0.0

    def load(part: np.ndarray, height: int) -> np.ndarray:
        """(height, D) numbers around the origin, filled up with ones."""
        tile = np.ones((height, part.shape[1]))
        np.subtract(part, origin, out=tile[: len(part)], dtype=np.float64)
        return tile

    return load


def load_words(part: np.ndarray, height: int) -> np.ndarray:
    """Loads a tile of packed bits as uint64 words; bits beyond the code are 0 everywhere."""
    tile = np.zeros((height, -(-part.shape[1] // 8) * 8), dtype=np.uint8)
    tile[: len(part), : part.shape[1]] = part
    return tile.view(np.uint64)
