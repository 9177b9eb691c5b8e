"""Codes that have been checked: what comes out of here can be compared without surprises."""

from dataclasses import dataclass

import numpy as np

from zsr_lib.errors import BadInputError, UnknownNameError

DISTANCES = ("euclidean", "cosine", "l1", "hamming")
LARGEST = 1e150
"""Beyond this, sums of squares leave the range of float64; float32 and float16 never come near."""


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


def check_codes(queries: np.ndarray, gallery: np.ndarray, distance: str) -> Codes:
    """Codes that can be compared by `distance`.

    Args:
        queries: (Q, D) floats or integers; for `hamming` (Q, B) uint8 with 8 bits a byte, or (Q, D) values of two
            kinds, {0, 1} or {−1, 1}, which are packed here.
        gallery: (N, D) likewise.
        distance: One of `DISTANCES`.

    Raises:
        UnknownNameError: Unknown distance.
        BadInputError: Empty, not two-dimensional, dimensions differ, NaN or infinite or huge values, a code without
            length under `cosine`, or bits that are not a multiple of 8.
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
            # Squares, as the distance takes them: values below 1e-160 have none.
            if not (long := np.einsum("nd,nd->n", codes, codes, dtype=np.float64) > 0).all():
                raise BadInputError(
                    f"{name} code {int(np.argmin(long))} is all zeros, which has no direction.",
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
    if codes.dtype.kind == "f" and codes.itemsize >= 8 and (far := np.abs(codes).max(axis=1) > LARGEST).any():
        raise BadInputError(
            f"{name} code {int(np.argmax(far))} holds values beyond {LARGEST:g}, which cannot be squared.",
            "divide all codes by one number, or find out why they are so large.",
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
