"""Anyone's codes from an ``.npz`` file: the one format in which every system can be scored."""

import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError
from zsr_lib.evaluation.sides import Side

NEEDED = ("query_codes", "query_labels", "gallery_codes", "gallery_labels")
OPTIONAL = ("query_ids", "gallery_ids", "query_pairs", "gallery_pairs", "query_tags", "gallery_tags")
_HOW = (
    f"save it with numpy.savez(FILE, {', '.join(f'{name}=…' for name in NEEDED)}); "
    "labels as integers or as text (labels.astype(str)), never as objects."
)


class CodesFile(NamedTuple):
    """The two sides that a file holds."""

    queries: Side
    gallery: Side


def read_codes(path: Path) -> CodesFile:
    """Reads query and gallery codes with their labels (and ids, pairs and tags, where the file has them).

    Raises:
        DataNotFoundError: No such file.
        BadFileError: Not an ``.npz`` file, an array is missing or unreadable, or it holds pickled objects.
        BadInputError: Numbers of codes, labels and ids disagree.
    """
    if not path.is_file():
        raise DataNotFoundError(f"there is no file '{path}'.", f"check the name; to make such a file, {_HOW}")
    try:
        if not _is_numpy(path):
            raise BadFileError(
                f"'{path}' is no .npz file. If it holds pickled objects: they are not read, because they can run code.",
                _HOW,
            )
        # Pickled data can run code when it is read, so it never is.
        archive = np.load(path, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise BadFileError(f"'{path}' holds a single array.", _HOW)
        with archive:
            arrays = {name: archive[name] for name in (*NEEDED, *OPTIONAL) if name in archive}
            found = archive.files
    except ValueError as error:
        if "allow_pickle" in str(error):
            raise BadFileError(
                f"'{path}' holds pickled objects, which are not read: they can run code.", _HOW
            ) from error
        raise BadFileError(f"'{path}' cannot be read ({error}).", _HOW) from error
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise BadFileError(f"'{path}' cannot be read as .npz ({error}).", _HOW) from error
    if any(name.endswith("data.pkl") for name in found):
        raise BadFileError(
            f"'{path}' is what torch.save writes, a pickle, which is not read: it can run code.",
            f"{_HOW} A tensor becomes an array with tensor.numpy().",
        )
    if missing := [name for name in NEEDED if name not in arrays]:
        raise BadFileError(f"'{path}' has no {', '.join(missing)}; it holds {', '.join(found) or 'nothing'}.", _HOW)
    return CodesFile(_side(arrays, "query"), _side(arrays, "gallery"))


def _is_numpy(path: Path) -> bool:
    """Whether a file starts like a zip or a single array; NumPy takes everything else for a pickle."""
    with path.open("rb") as stream:
        start = stream.read(6)
    return not start or start.startswith(b"PK") or start == b"\x93NUMPY"


def _side(arrays: dict[str, np.ndarray], name: str) -> Side:
    """The side whose arrays start with `name`."""
    if arrays[f"{name}_codes"].ndim != 2:
        raise BadInputError(f"{name}_codes has shape {arrays[f'{name}_codes'].shape}.", "give one row an item.")
    optional = (arrays.get(f"{name}_{field}") for field in ("ids", "pairs", "tags"))
    try:
        return Side(arrays[f"{name}_codes"], arrays[f"{name}_labels"], *optional)
    except BadInputError as error:
        raise BadInputError(f"{name}: {error.problem}", error.remedy) from error


def aligned(first: CodesFile, second: CodesFile) -> CodesFile:
    """The second file with its queries in the order of the first, so that their scores can be paired.

    Queries are matched by ids where both files have them, and by position otherwise.

    Raises:
        BadInputError: The files do not hold the same queries, or their galleries differ in classes or sizes.
    """
    remedy = "score both systems on the same queries and the same gallery; give query_ids if their order differs."
    queries = second.queries
    if first.queries.ids is not None and queries.ids is not None:
        if sorted(first.queries.ids.tolist()) != sorted(queries.ids.tolist()):
            raise BadInputError("the two files have other query_ids.", remedy)
        order = np.empty(len(queries), dtype=np.int64)
        order[np.argsort(first.queries.ids, kind="stable")] = np.argsort(queries.ids, kind="stable")
        queries = queries.take(order)
    if not np.array_equal(first.queries.labels, queries.labels):
        raise BadInputError("the two files have other query labels.", remedy)
    if not _same_counts(first.gallery.labels, second.gallery.labels):
        raise BadInputError("the two galleries differ in their labels.", remedy)
    return CodesFile(queries, second.gallery)


def _same_counts(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether two galleries have equally many items of each class (or set of labels)."""
    counted = [np.unique(labels, axis=0, return_counts=True) for labels in (first, second)]
    return all(np.array_equal(left, right) for left, right in zip(*counted, strict=True))
