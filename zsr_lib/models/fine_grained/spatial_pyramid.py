"""Spatial pyramid: which strokes there are, and in which part of the picture (METHODS.md §6.16).

Lazebnik, Schmid and Ponce, "Beyond bags of features: spatial pyramid matching for recognizing natural scene
categories", CVPR 2006. Dense descriptors of 16 pixels at steps of 8 are HOG blocks here (scikit-image), where the
original has SIFT. They become words by k-means; words are counted in 1 + 4 + 16 cells with weights ¼, ¼, ½, and counts
are compared by their intersection, which for histograms of sum 1 is 1 − L1 / 2. Photos are drawn first. Descriptors of
blank paper are no words.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.drawn import drawings_of
from zsr_lib.features.preprocess import resized
from zsr_lib.models.bases.pool import pool_of
from zsr_lib.models.method import Method
from zsr_lib.training.config import Run
from zsr_lib.training.history import History

CELL, ORIENTATIONS, BLOCK = 8, 9, 2
LEVELS = ((1, 0.25), (2, 0.25), (4, 0.5))
"""(cells along each side, weight)."""


@dataclass(frozen=True)
class SpatialPyramidConfig:
    """Options.

    Attributes:
        size: Side of the pictures in pixels, a multiple of 8.
        words: Of the vocabulary; the literature has 200 to 400.
        style: How photos are drawn (`zsr_lib.data.drawing.STYLES`).
        pictures: Of each modality, taken at equal steps, from which the vocabulary is made.

    Raises:
        BadInputError: `size` is no multiple of 8, or too small for a block in each of the 16 cells.
    """

    size: int = 256
    words: int = 200
    style: Literal["canny", "xdog", "contour"] = "canny"
    pictures: int = 300

    def __post_init__(self) -> None:
        if self.size % CELL or self.size < 5 * CELL:
            raise BadInputError(f"size is {self.size}.", f"give a multiple of {CELL}, {5 * CELL} or more.")


class SpatialPyramid(Method):
    """Only the vocabulary is fitted, on seen classes' drawings; L1 distance."""

    Config = SpatialPyramidConfig
    config: SpatialPyramidConfig
    distance = "l1"

    def build(self, words: int, modalities: list[str]) -> None:
        """Makes the vocabulary, (words, 36)."""
        self.register_buffer("vocabulary", torch.zeros(words, ORIENTATIONS * BLOCK**2))

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Clusters descriptors of the seen classes' drawn photos and sketches.

        Raises:
            BadInputError: There are fewer descriptors than words.
        """
        from sklearn.cluster import MiniBatchKMeans

        pool, self._parts = pool_of(task), {}
        some = [items.take(np.arange(0, len(items), -(-len(items) // self.config.pictures))) for items in pool]
        found = np.concatenate([self._blocks(items).reshape(-1, ORIENTATIONS * BLOCK**2) for items in some])
        found = found[found.any(axis=1)]  # (M, 36)
        if len(found) < self.config.words:
            raise BadInputError(f"{len(found)} descriptors make no {self.config.words} words.", "lower words.")
        self.begin(run, words=self.config.words, modalities=[items.modality for items in pool])
        kmeans = MiniBatchKMeans(self.config.words, random_state=run.seed, n_init=3).fit(found)
        self.vocabulary.copy_(torch.from_numpy(kmeans.cluster_centers_))
        self.record("vocabulary", task.seen)
        return History()

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, 21 · words + 1) float32 weighted histograms of sum 1; the last counts pictures that are blank.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        if self.sizes is None:
            raise self.not_fitted()
        if items.modality not in self.sizes["modalities"]:
            raise BadInputError(f"there is no vocabulary for modality '{items.modality}'.", "call fit(task) first.")
        return np.stack([self._pyramid(blocks) for blocks in self._blocks(items)]).astype(np.float32)

    def _blocks(self, items: ItemSet) -> np.ndarray:
        return hog_blocks(lines_of(items, self.config.style, self.config.size), CELL)

    def _pyramid(self, blocks: np.ndarray) -> np.ndarray:
        """(S, S, 36) descriptors → (21 · words + 1,) histograms, level after level."""
        words = self.vocabulary.cpu().numpy()
        flat = blocks.reshape(-1, blocks.shape[-1])
        nearest = ((words**2).sum(axis=1) - 2 * flat @ words.T).argmin(axis=1)  # (S²,)
        inked = flat.any(axis=1)
        places = np.indices(blocks.shape[:2]).reshape(2, -1)[:, inked]  # (2, M) row and column
        found: list[Any] = []
        for cells, weight in LEVELS:
            row, column = places * cells // len(blocks)
            which = (row * cells + column) * len(words) + nearest[inked]
            found.append(weight * np.bincount(which, minlength=cells**2 * len(words)) / max(1, inked.sum()))
        return np.concatenate([*found, [float(not inked.any())]])


def lines_of(items: ItemSet, style: str, size: int) -> np.ndarray:
    """(N, size, size) uint8 grey pictures of lines: photos are drawn first.

    Raises:
        BadInputError: The items have no pixels.
    """
    if items.pixels is None:
        raise BadInputError(f"the {items.modality} items have no pixels.", "load the data set with pixels.")
    pixels = np.asarray(items.pixels)
    return resized(drawings_of(pixels, style) if items.modality == "photo" else pixels, size)[..., 0]


def hog_blocks(lines: np.ndarray, cell: int) -> np.ndarray:
    """(N, S, S) grey pictures → (N, S / cell − 1, S / cell − 1, 36) HOG blocks of 2 × 2 cells; blank ones are 0."""
    from skimage.feature import hog

    shape = {"pixels_per_cell": (cell, cell), "cells_per_block": (BLOCK, BLOCK)}
    found = np.stack([hog(each, ORIENTATIONS, **shape, feature_vector=False) for each in lines])
    return found.reshape(*found.shape[:3], -1).astype(np.float32)
