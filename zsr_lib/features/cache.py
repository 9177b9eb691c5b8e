"""Features on disk, keyed by what the images look like: any subset in any order is found again.

A folder holds segments, ``.npz`` files of digests and features that are written whole and never changed. Processes may
write at the same time: each adds segments of its own, named after the images in them. Those that want the same features
share the work, a segment at a time.
"""

import hashlib
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zsr_lib.errors import BadInputError, BusyError
from zsr_lib.files import atomic_path, exclusive

SEGMENT = 1024
"""Images after which features are kept, so that an interrupted extraction goes on where it was."""
PATIENCE = 900.0
"""Seconds that a segment is waited for which another process makes; then it is made here, too."""

_OFF: ContextVar[bool] = ContextVar("feature cache is off", default=False)


@contextmanager
def without_cache() -> Iterator[None]:
    """Features that are computed meanwhile are neither kept nor looked up: an index keeps codes instead."""
    token = _OFF.set(True)
    try:
        yield
    finally:
        _OFF.reset(token)


def cache_is_off() -> bool:
    """Whether `without_cache` is in force."""
    return _OFF.get()


_DAMAGE = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError)


def digests_of(pixels: np.ndarray) -> np.ndarray:
    """(N,) BLAKE2b digests of (N, H, W, 3) images, shape and pixels, as 32 hexadecimal digits (dtype ``S32``)."""
    shape = repr(pixels.shape[1:]).encode()
    found = [
        hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=16, person=shape[:16]).hexdigest()
        for image in pixels
    ]
    return np.array(found, dtype="S32")


def digests_of_texts(texts: np.ndarray) -> np.ndarray:
    """(N,) BLAKE2b digests of (N,) texts, as `digests_of` gives them of images."""
    found = [hashlib.blake2b(each.encode(), digest_size=16, person=b"text").hexdigest() for each in texts.tolist()]
    return np.array(found, dtype="S32")


@dataclass(frozen=True)
class FeatureCache:
    """Features of one extractor (or anything else that is made of images), D numbers each, in one folder."""

    folder: Path
    dimension: int
    dtype: str = "float32"

    def completed(
        self, digests: np.ndarray, make: Callable[[np.ndarray], np.ndarray], advance: Callable[[int], object]
    ) -> np.ndarray:
        """Features of N images: what is known, and the rest, which is kept from now on.

        Args:
            digests: (N,) as `digests_of` gives them; an image that occurs twice is made once.
            make: (M,) rows → (M, D) features; says itself to `advance` how far it is.
            advance: Receives how many images were found.

        Returns:
            (N, D) of type `dtype`.

        Raises:
            ZsrError: The disk is full, or the cache cannot be written.
        """
        features, known = self.load(digests)
        _, first, which = np.unique(digests, return_index=True, return_inverse=True)
        new = np.sort(first[~known[first]])
        advance(len(digests) - len(new))
        parts = [new[start : start + SEGMENT] for start in range(0, len(new), SEGMENT)]
        busy = [rows for rows in parts if not self._made(digests, features, rows, make, advance, 0.0)]
        for rows in busy:
            if not self._made(digests, features, rows, make, advance, PATIENCE):
                features[rows] = make(rows)
        return features[first[which]]

    def _made(
        self,
        digests: np.ndarray,
        features: np.ndarray,
        rows: np.ndarray,
        make: Callable[[np.ndarray], np.ndarray],
        advance: Callable[[int], object],
        patience: float,
    ) -> bool:
        """Fills rows of `features`; False while another process is making the same segment."""
        try:
            with exclusive(self.folder / ".locks" / _name(digests[rows]), "making these features", patience):
                found, known = self.load(digests[rows])
                features[rows[known]] = found[known]
                advance(int(known.sum()))
                if len(left := rows[~known]):
                    features[left] = make(left)
                    self.add(digests[left], features[left])
        except BusyError:
            return False
        return True

    def load(self, digests: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What is known of N images; damaged segments are passed over.

        Returns:
            (N, D) of type `dtype`, undefined where unknown, and (N,) bool: known.
        """
        features = np.empty((len(digests), self.dimension), dtype=self.dtype)
        known = np.zeros(len(digests), dtype=bool)
        wanted = defaultdict(list)
        for row, digest in enumerate(digests.tolist()):
            wanted[digest].append(row)
        for path in sorted(self.folder.glob("*.npz")):
            if known.all():
                break
            for digest, feature in self._hits(path, wanted):
                features[wanted[digest]] = feature
                known[wanted[digest]] = True
        return features, known

    def add(self, digests: np.ndarray, features: np.ndarray) -> None:
        """Keeps the features of N images as one segment.

        Raises:
            ZsrError: The disk is full, or the cache cannot be written.
        """
        with atomic_path(self.folder / f"{_name(digests)}.npz") as temporary, temporary.open("wb") as stream:
            np.savez(stream, digests=digests, features=features)

    def _hits(self, path: Path, wanted: dict[bytes, list[int]]) -> list[tuple[bytes, np.ndarray]]:
        """Digest and feature of the wanted images in one segment; features are only read when there is one."""
        try:
            with np.load(path, allow_pickle=False) as segment:
                held = segment["digests"].tolist()
                rows = [row for row, digest in enumerate(held) if digest in wanted]
                features = segment["features"] if rows else None
        except _DAMAGE:
            return []
        if features is None or (features.shape, features.dtype) != ((len(held), self.dimension), np.dtype(self.dtype)):
            return []
        return [(held[row], features[row]) for row in rows]


def _name(digests: np.ndarray) -> str:
    """A segment's, after the images in it."""
    return hashlib.blake2b(digests.tobytes(), digest_size=16).hexdigest()


def check_finite(features: np.ndarray, ids: np.ndarray, name: str) -> None:
    """Makes sure that only numbers are kept.

    Args:
        features: (N, D) of the extractor `name`.
        ids: (N,) of the items.
        name: For the message.

    Raises:
        BadInputError: There are NaN or infinite features; names items.
    """
    bad = ~np.isfinite(features).all(axis=1)
    if bad.any():
        raise BadInputError(
            f"'{name}' gives NaN or infinite features for {bad.sum()} items or more, among them "
            f"{', '.join(ids[bad][:3].tolist())}.",
            "look at the weights: they may be damaged, or not trained for these inputs.",
        )
