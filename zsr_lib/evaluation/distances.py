"""Distances between codes, exact and independent of how the work is cut up.

Sums run in float64, whatever the codes' type: integer-valued codes then give exact distances, so that ties are seen as
ties, and float16 codes lose nothing. A matrix product rounds differently for different shapes; therefore it is only
ever called with tiles of one shape, padded at the edges, and no choice of memory budget can change a result.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zsr_lib.errors import BadInputError, UnknownNameError

DISTANCES = ("euclidean", "cosine", "l1", "hamming")
QUERY_TILE = 64
GALLERY_TILE = 4096

Array = Any  # a NumPy array or a torch tensor: the formulas below read the same for both


@dataclass(frozen=True, eq=False)
class Codes:
    """Checked query and gallery codes of one kind of distance.

    Attributes:
        queries: (Q, D) numbers, or (Q, D / 8) uint8 packed bits for `hamming`.
        gallery: (N, D) or (N, D / 8) likewise.
        distance: One of `DISTANCES`.
    """

    queries: np.ndarray
    gallery: np.ndarray
    distance: str

    @property
    def shape(self) -> tuple[int, int]:
        """(Q, N)."""
        return len(self.queries), len(self.gallery)

    @property
    def tile_width(self) -> int:
        """Gallery items a tile holds: a multiple of 64, the same for all tiles."""
        return min(GALLERY_TILE, -(-len(self.gallery) // 64) * 64)


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
    """(last − first, N) distances of some queries: float64 (Euclidean ones squared), or uint32 for `hamming`.

    Args:
        codes: Checked codes.
        first: First query, a multiple of `QUERY_TILE`.
        last: One past the last query.
    """
    out = np.empty((last - first, len(codes.gallery)), dtype=np.uint32 if codes.distance == "hamming" else np.float64)
    load = load_words if codes.distance == "hamming" else shifted_loader(codes)
    fill(out, codes, first, KERNELS[codes.distance], load)
    return out


def fill(
    out: Array,
    codes: Codes,
    first: int,
    kernel: Callable[[Array, Array], Array],
    load: Callable[[np.ndarray, int], Array],
) -> None:
    """Writes the distances of the queries `first` … into `out`, tile by tile, always with the same tile shape."""
    rows, width = len(out), codes.tile_width
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


def check_codes(queries: np.ndarray, gallery: np.ndarray, distance: str) -> Codes:
    """Codes that can be compared by `distance`.

    Args:
        queries: (Q, D) floats or integers; for `hamming` (Q, B) uint8 with 8 bits a byte, or (Q, D) values of two
            kinds, {0, 1} or {−1, 1}, which are packed here.
        gallery: (N, D) likewise.
        distance: One of `DISTANCES`.

    Raises:
        UnknownNameError: Unknown distance.
        BadInputError: Empty, not two-dimensional, dimensions differ, NaN or infinite values, a zero code under
            `cosine`, or bits that are not a multiple of 8.
    """
    if distance not in DISTANCES:
        raise UnknownNameError("distance", distance, DISTANCES)
    queries, gallery = _numbers(queries, "query"), _numbers(gallery, "gallery")
    if queries.shape[1] != gallery.shape[1]:
        raise BadInputError(
            f"query codes have {queries.shape[1]} dimensions and gallery codes {gallery.shape[1]}.",
            "embed both with the same system.",
        )
    if distance == "hamming":
        queries, gallery = _packed(queries, gallery)
    if distance == "cosine":
        for codes, name in ((queries, "query"), (gallery, "gallery")):
            if not (empty := codes.any(axis=1)).all():
                raise BadInputError(
                    f"{name} code {int(np.argmin(empty))} is all zeros, which has no direction.",
                    "use the Euclidean distance, or find out why the code is empty.",
                )
    return Codes(queries, gallery, distance)


def _numbers(codes: np.ndarray, name: str) -> np.ndarray:
    """Codes as a non-empty (·, D) array of finite numbers."""
    codes = np.asarray(codes)
    if codes.dtype.kind not in "fiub":
        raise BadInputError(f"{name} codes are of type {codes.dtype}, not numbers.", "save them as float32 or uint8.")
    if codes.ndim != 2 or not codes.size:
        raise BadInputError(
            f"{name} codes have shape {codes.shape}: there is nothing to compare.",
            "give at least one code; one row an item, one column a dimension.",
        )
    if codes.dtype.kind == "f" and not np.isfinite(codes).all():
        row = int(np.argmin(np.isfinite(codes).all(axis=1)))
        raise BadInputError(
            f"{name} code {row} holds NaN or infinite values.",
            "look for a division by zero or a diverged training run; such a code cannot be ranked.",
        )
    return codes


def _packed(queries: np.ndarray, gallery: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bits as (·, B) uint8; values of two kinds on both sides are packed, other uint8 is taken as packed already."""
    single = any(np.isin(queries, pair).all() and np.isin(gallery, pair).all() for pair in ((0, 1), (-1, 1)))
    if not single and queries.dtype == gallery.dtype == np.uint8:
        return queries, gallery
    if not single:
        raise BadInputError(
            f"'hamming' compares bits, but the codes are {queries.dtype} and {gallery.dtype}.",
            "pack them with numpy.packbits(codes > 0, axis=1), or use another distance.",
        )
    if queries.shape[1] % 8:
        raise BadInputError(
            f"the codes have {queries.shape[1]} bits, which is not a multiple of 8.",
            "add columns of zeros on both sides up to the next multiple of 8; distances stay the same.",
        )
    return np.packbits(queries > 0, axis=1), np.packbits(gallery > 0, axis=1)
