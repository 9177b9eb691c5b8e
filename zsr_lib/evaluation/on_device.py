"""Distances and ranks on an accelerator through torch; the same formulas, tiles and tie rules as on the CPU.

Everything that is compared is float64, so that TF32 and half precision never decide a rank.
"""

import numpy as np
import torch

from zsr_lib.evaluation.codes import Codes
from zsr_lib.evaluation.distances import KERNELS, Array, Tile, fill, shifted_loader


def block(codes: Codes, first: int, last: int, device: torch.device) -> torch.Tensor:
    """(last − first, N) float64 distances of some queries, on the device; see `distances.block`."""
    out = torch.empty((last - first, len(codes.gallery)), dtype=torch.float64, device=device)
    host = _signs if codes.distance == "hamming" else shifted_loader(codes)

    def load(part: np.ndarray, height: int) -> torch.Tensor:
        """The same rows on the device."""
        return torch.from_numpy(host(part, height)).to(device)

    fill(out, codes, first, {**KERNELS, "l1": _l1, "hamming": _hamming}[codes.distance], load)
    return out


def spans(distances: torch.Tensor, columns: list[np.ndarray], ties: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """The (start, stop) ranks of each query's relevant items; see `ranking.row_spans`.

    Args:
        distances: (q, N) float64, inf where an item is not in the gallery of a query.
        columns: For each query the (R,) indices of its relevant items.
        ties: One of `ranking.TIE_RULES`.
    """
    padded, real = _pad(columns, distances.device)
    every, order = torch.sort(distances, dim=1, stable=True)
    own = distances.gather(1, padded)
    present = real & torch.isfinite(own)
    own = torch.where(present, own, torch.inf).sort(dim=1).values
    start, stop = torch.searchsorted(every, own), torch.searchsorted(every, own, right=True)
    if ties == "stable":
        ranks = torch.arange(order.shape[1], device=order.device).expand_as(order)
        rank = torch.empty_like(order).scatter_(1, order, ranks)
        start = torch.where(present, rank.gather(1, padded), order.shape[1]).sort(dim=1).values
        stop = start + 1
    count = present.sum(dim=1).cpu().numpy()
    start, stop = start.cpu().numpy(), stop.cpu().numpy()
    return [(start[row, :kept], stop[row, :kept]) for row, kept in enumerate(count)]


def _pad(columns: list[np.ndarray], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """(q, R_max) indices filled up with 0, and which of them are real."""
    padded = np.zeros((len(columns), max(1, *map(len, columns))), dtype=np.int64)
    real = np.zeros(padded.shape, dtype=bool)
    for row, indices in enumerate(columns):
        padded[row, : len(indices)], real[row, : len(indices)] = indices, True
    return torch.from_numpy(padded).to(device), torch.from_numpy(real).to(device)


def _signs(part: np.ndarray, height: int) -> np.ndarray:
    """Loads a tile of packed bits as −1 and 1, padded with ones."""
    tile = np.ones((height, part.shape[1] * 8))
    tile[: len(part)] = np.unpackbits(part, axis=1) * 2.0 - 1
    return tile


def _l1(queries: Tile, gallery: Tile) -> Array:
    return torch.cdist(queries.values, gallery.values, p=1)


def _hamming(queries: Tile, gallery: Tile) -> Array:
    """Differing bits of ±1 vectors: a dot product counts agreements minus disagreements, exactly."""
    return (queries.values.shape[1] - queries.values @ gallery.values.T) / 2
