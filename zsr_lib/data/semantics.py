"""Class vectors by class name: what a zero-shot system knows about a class that it has never seen.

Every kind is one row of `KINDS`. Word vectors come from the data root; the others need no data.
"""

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from zsr_lib import settings
from zsr_lib.data.names import class_key
from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError, UnknownNameError

FOLDER = "wordvecs"
_SPOILT: frozenset[str] = frozenset()


@contextmanager
def spoilt_vectors(classes: Iterable[str]) -> Iterator[None]:
    """Gives noise for these classes meanwhile: what a strict run fits on must not depend on vectors of unseen ones."""
    global _SPOILT
    before, _SPOILT = _SPOILT, frozenset(map(class_key, classes))
    try:
        yield
    finally:
        _SPOILT = before


def _with_noise(vectors: np.ndarray, classes: Sequence[str]) -> np.ndarray:
    held = [class_key(name) in _SPOILT for name in classes]
    if any(held):
        vectors = vectors.copy()
        vectors[held] = np.random.default_rng(0).normal(size=vectors[held].shape)
    return vectors


def word_vectors(classes: Sequence[str], root: str | Path | None = None) -> np.ndarray:
    """Word vectors of class names, from ``<data root>/wordvecs/*.npz``.

    Each file holds ``classes`` (n,) texts and ``vectors`` (n, D). Names match in any spelling. Where several
    files hold a class, the file that knows most of `classes` is taken, then the first by file name: so one
    data set's vectors come from one file.

    Args:
        classes: C class names.
        root: The data root; by default the one that ``ZSR_DATA`` names.

    Returns:
        (C, D) float32, not normalised.

    Raises:
        DataNotFoundError: No data root, or no word vectors below it.
        BadFileError: A file is damaged or does not hold these two arrays.
        UnknownNameError: No file has a vector for a class.
    """
    tables = [_read(path) for path in _files(root)]
    if len({len(vector) for table in tables for vector in table.values()}) > 1:
        raise BadFileError(f"the word vectors in {FOLDER} have different lengths.", "keep files of one length only.")
    keys = [class_key(name) for name in classes]
    tables.sort(key=lambda table: -sum(key in table for key in keys))
    merged = {key: vector for table in reversed(tables) for key, vector in table.items()}
    for name, key in zip(classes, keys, strict=True):
        if key not in merged:
            raise UnknownNameError("class with a word vector", name, merged)
    return _with_noise(np.array([merged[key] for key in keys], dtype=np.float32).reshape(len(keys), -1), classes)


def _files(root: str | Path | None) -> list[Path]:
    """The word-vector files, sorted by name."""
    folder = settings.data_root(root)
    found = sorted((folder / FOLDER).glob("*.npz")) if folder else []
    if not found:
        where = f"no .npz files in {folder / FOLDER}" if folder else "no data root is set"
        raise DataNotFoundError(
            f"word vectors of class names were not found: {where}.",
            f"put .npz files with the arrays 'classes' and 'vectors' into {FOLDER}/ of your "
            "data root and set ZSR_DATA to it; or take class vectors that need no data "
            "(attributes, onehot, random).",
        )
    return found


def _read(path: Path) -> dict[str, np.ndarray]:
    """Class key → vector, from one file."""
    try:
        with np.load(path, allow_pickle=False) as file:
            names, vectors = file["classes"], np.asarray(file["vectors"], dtype=np.float32)
    except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise BadFileError(
            f"{path} is not a file of word vectors ({error}).",
            "write it with np.savez(path, classes=names, vectors=vectors).",
        ) from error
    if vectors.ndim != 2 or names.shape != vectors.shape[:1] or not np.isfinite(vectors).all():
        raise BadFileError(
            f"{path}: {names.shape} classes, {vectors.shape} vectors: no fit, or not finite.",
            "give each class name one row of finite numbers.",
        )
    return {class_key(str(name)): vector for name, vector in zip(names, vectors, strict=True)}


def _attributes(classes: Sequence[str], root: str | Path | None, seed: int, dim: int) -> np.ndarray:
    from zsr_lib.data.scenes.attributes import attribute_matrix

    return attribute_matrix(classes)


def _wordvectors(classes: Sequence[str], root: str | Path | None, seed: int, dim: int) -> np.ndarray:
    return word_vectors(classes, root)


def _onehot(classes: Sequence[str], root: str | Path | None, seed: int, dim: int) -> np.ndarray:
    return np.eye(len(classes), dtype=np.float32)


def _random(classes: Sequence[str], root: str | Path | None, seed: int, dim: int) -> np.ndarray:
    # Hash bits instead of a random generator: a class keeps its vector whatever other classes are asked for.
    hashes = [hashlib.shake_256(f"{seed}/{class_key(name)}".encode()) for name in classes]
    drawn = np.frombuffer(b"".join(one.digest((dim + 7) // 8) for one in hashes), dtype=np.uint8)
    bits = np.unpackbits(drawn.reshape(len(hashes), -1), axis=1)[:, :dim]
    return (2.0 * bits - 1.0).astype(np.float32) / np.float32(np.sqrt(dim))


KINDS: dict[str, Callable[[Sequence[str], str | Path | None, int, int], np.ndarray]] = {
    "attributes": _attributes,
    "wordvectors": _wordvectors,
    "onehot": _onehot,
    "random": _random,
}


def class_semantics(
    kind: str, classes: Sequence[str], root: str | Path | None = None, seed: int = 0, dim: int = 300
) -> np.ndarray:
    """Class vectors of one kind.

    - ``attributes``: the documented attributes of the generated scenes, for these classes only.
    - ``wordvectors``: `word_vectors`.
    - ``onehot``: the identity; says that classes differ and nothing else, so nothing transfers to unseen ones.
    - ``random``: ±1/√dim by seed and class name; a control with the size of word vectors and no meaning.

    Args:
        kind: One of `KINDS`.
        classes: C class names.
        root: The data root, for word vectors.
        seed: For ``random``.
        dim: Length of the vectors, for ``random``.

    Returns:
        (C, D) float32, one row per class.

    Raises:
        UnknownNameError: No such kind, or no vector for a class.
        DataNotFoundError: No word vectors on this machine.
        BadInputError: `dim` is not positive.
    """
    if kind not in KINDS:
        raise UnknownNameError("kind of class vectors", kind, KINDS)
    if dim < 1:
        raise BadInputError(f"class vectors cannot have {dim} dimensions.", "give dim of at least 1.")
    return _with_noise(KINDS[kind](classes, root, seed, dim), classes)
