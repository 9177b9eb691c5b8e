"""Near-duplicates: images that show the same place, also when one is shifted against the other.

Neighbouring tiles are often cut from one scene and overlap. So two images are compared at every shift of up to
half their side, by the normalised correlation of their fine detail where they overlap. Fields of parallel lines
(crops, runways) can agree along their lines without being one place: look at such pairs before dropping them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import fft
from scipy.ndimage import gaussian_filter

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError
from zsr_lib.progress import progress_bar
from zsr_lib.settings import threads

SIDE, REACH = 64, 32
DETAIL = 2.0
"""Standard deviation, in pixels of 64, of the blur that is taken away: what remains is fine detail."""

LEAST_CONTRAST = 0.25
"""Overlaps with less than this share of an image's variance are too empty to be compared."""

Pair = tuple[str, str, float]


def near_duplicates(
    a: ItemSet, b: ItemSet | None = None, threshold: float = 0.2, same_class: bool = True, progress: bool = False
) -> list[Pair]:
    """Finds pairs of images that show the same place.

    Args:
        a: N items with pixels.
        b: M items to compare them with; by default `a` itself, each pair once.
        threshold: Largest distance, 0 (the same detail) … 1 (none in common).
        same_class: Only pairs of one class; all pairs of 2 100 images take minutes, of one class seconds.
        progress: Show a progress bar.

    Returns:
        (id in `a`, id in `b`, distance), nearest first. Distance is 1 − the largest correlation over all shifts.
        Images without any detail match nothing.

    Raises:
        BadInputError: Items without pixels.
    """
    first = _Details(fine_detail(a))
    second = first if b is None else _Details(fine_detail(b))
    other = a if b is None else b
    found = []
    for row in progress_bar(range(len(a)), show=progress, desc="comparing", unit="image"):
        wanted = np.ones(len(other), dtype=bool) if not same_class else other.class_names == a.class_names[row]
        if b is None:
            wanted[: row + 1] = False
        for rows, correlation in _correlations(first, row, second, np.flatnonzero(wanted)):
            near = 1.0 - correlation <= threshold
            found += zip(
                [str(a.ids[row])] * near.sum(),
                other.ids[rows[near]].tolist(),
                (1.0 - correlation[near]).clip(0).round(4).tolist(),
                strict=True,
            )
    return sorted(found, key=lambda pair: (pair[2], pair[0], pair[1]))


def fine_detail(items: ItemSet) -> np.ndarray:
    """(N, 64, 64) float32: grey images without their slow changes, of unit variance (or all zero)."""
    if items.pixels is None:
        raise BadInputError("items without pixels cannot be compared.", "load them with pixels, not features only.")
    details = np.zeros((len(items), SIDE, SIDE), dtype=np.float32)
    for row, image in enumerate(items.pixels):
        small = Image.fromarray(image).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
        grey = np.asarray(small, dtype=np.float64)
        detail = grey - gaussian_filter(grey, DETAIL)
        details[row] = detail / detail.std() if detail.std() > 0.5 else 0.0
    return details


class _Details:
    """Images with what their correlations need: spectra, and sums over every overlap."""

    def __init__(self, details: np.ndarray) -> None:
        self.padded = fft.next_fast_len(SIDE + REACH, real=True)
        self.spectra = self._spectrum(details)
        ones = self._spectrum(np.ones((SIDE, SIDE), dtype=np.float32)).conj()
        self.area = self.shifts(ones * ones.conj()).round()
        self.mean = self.shifts(self.spectra * ones) / self.area
        self.variance = self.shifts(self._spectrum(details**2) * ones) / self.area - self.mean**2

    def _spectrum(self, images: np.ndarray) -> np.ndarray:
        return fft.rfft2(images, (self.padded, self.padded), workers=threads())

    def shifts(self, spectrum: np.ndarray) -> np.ndarray:
        """(…, 65, 65) correlations at shifts −32 … 32 of rows and columns."""
        full = fft.irfft2(spectrum, (self.padded, self.padded), workers=threads())
        return np.roll(full, (REACH, REACH), (-2, -1))[..., : 2 * REACH + 1, : 2 * REACH + 1]


def _correlations(
    first: _Details, row: int, second: _Details, rows: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields blocks of `rows` with the largest correlation of each with image `row`."""
    for block in np.array_split(rows, -(-len(rows) // 128)) if len(rows) else ():
        products = first.shifts(first.spectra[row] * second.spectra[block].conj()) / first.area
        # Shifting one image forth is shifting the other back.
        mean, variance = second.mean[block, ::-1, ::-1], second.variance[block, ::-1, ::-1]
        rich = np.minimum(first.variance[row], variance) >= LEAST_CONTRAST
        scale = np.sqrt(np.where(rich, first.variance[row] * variance, 1.0))
        correlation = np.where(rich, (products - first.mean[row] * mean) / scale, 0.0)
        yield block, correlation.max(axis=(1, 2)).astype(np.float64)


@dataclass(frozen=True)
class ImageSplitLeak:
    """What a random split of images (not of classes) does to near-duplicates.

    Attributes:
        held_out: Number of held-out images.
        pairs: Near-duplicate pairs with one image on each side.
        affected: Held-out images that have a near-duplicate among the training images.
    """

    held_out: int
    pairs: int
    affected: int


def image_split_leak(items: ItemSet, pairs: Sequence[Pair], share: float = 0.2, seed: int = 0) -> ImageSplitLeak:
    """Counts near-duplicates across a random split of each class's images, such as 80/20.

    Args:
        items: N items.
        pairs: Their near-duplicates, from `near_duplicates(items)`.
        share: Held-out share of each class.
        seed: Which random split.
    """
    rng = np.random.default_rng(seed)
    held: set[str] = set()
    for label in np.unique(items.labels):
        rows = rng.permutation(np.flatnonzero(items.labels == label))
        held |= set(items.ids[rows[: round(share * len(rows))]].tolist())
    across = [(first, second) for first, second, _ in pairs if (first in held) != (second in held)]
    affected = {first if first in held else second for first, second in across}
    return ImageSplitLeak(len(held), len(across), len(affected))
