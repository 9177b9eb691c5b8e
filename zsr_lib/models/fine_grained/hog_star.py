"""A star of HOG parts: METHODS.md §6.16's reduction of a deformable part model, without its latent SVM.

In the spirit of Li, Hospedales, Song and Gong, "Fine-grained sketch-based image retrieval by matching deformable part
models", BMVC 2014: there, part models are trained for each class by a latent SVM, and sketch and photo are compared
part by part. Here nothing is trained, so that unseen classes need no model: the parts are the query's own most inked
windows, and each may move in the other picture, at a price. Codes compare whole pictures; the star ranks the first K
again.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.models.fine_grained.spatial_pyramid import hog_blocks, lines_of
from zsr_lib.models.method import Method
from zsr_lib.training.config import Run
from zsr_lib.training.history import History

GRID = 16
"""HOG cells along each side."""


@dataclass(frozen=True)
class HogStarConfig:
    """Options.

    Attributes:
        size: Side of the pictures in pixels, a multiple of 16.
        parts: Of a star.
        window: Side of a part in HOG blocks.
        reach: How far a part may move each way, in blocks.
        price: Of moving a part by one block, as a share of its own length squared; it grows with the square.
        style: How photos are drawn (`zsr_lib.data.drawing.STYLES`).
    """

    size: int = 128
    parts: int = 6
    window: int = 4
    reach: int = 2
    price: float = 0.02
    style: Literal["canny", "xdog", "contour"] = "canny"


class HogStar(Method):
    """Nothing is fitted; the codes are all blocks, the tokens the same, block by block, and the ink in each."""

    Config = HogStarConfig
    config: HogStarConfig

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Does nothing but remember which modalities there are."""
        self.begin(run, modalities=list(task.modalities))
        return History()

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, 225 · 36) float32."""
        return self.tokens(items)[..., :-1].reshape(len(items), -1)

    def tokens(self, items: ItemSet) -> np.ndarray:
        """(N, 225, 36 + 1) float32 HOG blocks, row by row, and last how dark each is on the picture, 0 … 1.

        Raises:
            BadInputError: Not fitted, of a modality that the task had not, or without pixels.
        """
        if self.sizes is None:
            raise self.not_fitted()
        if items.modality not in self.sizes["modalities"]:
            raise BadInputError(f"modality '{items.modality}' was not in the task.", "call fit(task) with it.")
        lines, cell = lines_of(items, self.config.style, self.config.size), self.config.size // GRID
        blocks = hog_blocks(lines, cell)
        cells = 1 - lines.reshape(len(lines), GRID, cell, GRID, cell).mean(axis=(2, 4)) / 255  # (N, 16, 16)
        ink = sliding_window_view(cells, (2, 2), axis=(1, 2)).mean(axis=(3, 4))  # (N, 15, 15)
        made = np.concatenate([blocks, ink[..., None]], axis=3).astype(np.float32)
        return made.reshape(len(items), -1, made.shape[-1])

    def rerank(self, query_tokens: np.ndarray, gallery_tokens: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        """(Q, K) float32: how well each query's star fits into each of its candidates, at most 2."""
        side = GRID - 1
        shaped = (each.reshape(len(each), side, side, -1) for each in (query_tokens, gallery_tokens))
        queries, gallery = shaped
        return np.stack([self._fits(query, gallery[rows]) for query, rows in zip(queries, candidates, strict=True)])

    def _fits(self, query: np.ndarray, gallery: np.ndarray) -> np.ndarray:
        """(S, S, D + 1) of a query, (K, S, S, D + 1) of candidates → (K,) cosine of the whole + mean of the parts."""
        corners = star(query[..., -1], self.config.parts, self.config.window)
        query, gallery = query[..., :-1], gallery[..., :-1]
        length = np.linalg.norm(gallery.reshape(len(gallery), -1), axis=1) * np.linalg.norm(query)
        whole = np.einsum("ijd,kijd->k", query, gallery) / np.maximum(length, 1e-12)
        parts = [self._part(query, gallery, *corner) for corner in corners] or [np.zeros(len(gallery))]
        return (whole + np.mean(parts, axis=0)).astype(np.float32)

    def _part(self, query: np.ndarray, gallery: np.ndarray, row: int, column: int) -> np.ndarray:
        """(K,) best fit of one part within its reach, its price subtracted; 1 where the part is found unmoved."""
        window, reach = self.config.window, self.config.reach
        part = query[row : row + window, column : column + window]
        padded = np.pad(gallery, ((0, 0), (reach, reach), (reach, reach), (0, 0)))
        around = padded[:, row : row + window + 2 * reach, column : column + window + 2 * reach]
        placed = sliding_window_view(around, (window, window), axis=(1, 2))  # (K, 2 r + 1, 2 r + 1, D, w, w)
        fit = np.einsum("ijd,kabdij->kab", part, placed, optimize=True) / (part**2).sum()
        moved = np.arange(-reach, reach + 1)
        return (fit - self.config.price * (moved[:, None] ** 2 + moved[None] ** 2)).max(axis=(1, 2))


def star(dark: np.ndarray, parts: int, window: int) -> list[tuple[int, int]]:
    """Row and column of the windows with the most ink of (S, S) blocks that do not overlap; blank ones are no parts."""
    ink = sliding_window_view(dark, (window, window)).sum(axis=(2, 3)).astype(np.float64)
    found: list[tuple[int, int]] = []
    while len(found) < parts and ink.max() > 0:
        row, column = np.unravel_index(ink.round(6).argmax(), ink.shape)
        found.append((int(row), int(column)))
        ink[max(0, row - window + 1) : row + window, max(0, column - window + 1) : column + window] = 0
    return found
