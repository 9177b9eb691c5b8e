"""What every query of a run scored, in one file beside its record: intervals and paired tests can be computed again.

A run's own folder has the values as they were computed. Those that are kept to be published are in single precision,
and the queries' ids and labels, which all runs on one split share, are in a file of their own.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from zsr_lib.errors import BadFileError
from zsr_lib.files import atomic_path, sha256_of

PER_QUERY = "per_query.npz"
SHARED = "queries"
"""Folder of the ids and labels that kept runs share, beside their experiments."""

WHO = ("ids", "labels")

PerQuery = Mapping[str, Mapping[str, np.ndarray]]
"""Direction → ``ids``, ``labels`` or the name of a metric → (Q,) array."""


def write_per_query(folder: Path, values: PerQuery) -> None:
    """Writes all values of a run as one file.

    Raises:
        ZsrError: The disk is full, or the folder cannot be written.
    """
    _save(
        folder / PER_QUERY,
        {f"{direction}/{name}": array for direction, named in values.items() for name, array in named.items()},
    )


def read_per_query(folder: Path, direction: str, checksum: str | None) -> dict[str, np.ndarray]:
    """The (Q,) ids, labels and values (by metric name) of a direction's queries.

    Args:
        folder: Of the run.
        direction: One that was evaluated.
        checksum: Of the file, as the record has it.

    Raises:
        BadFileError: A file is missing or not what was written.
    """
    path = folder / PER_QUERY
    if checksum is None:
        raise BadFileError(
            f"the run in {folder} was kept without its queries' values.",
            "make it again with zsr run, and keep it with zsr table --keep.",
        )
    if not path.is_file() or sha256_of(path) != checksum:
        raise BadFileError(f"{path} is missing or is not what the run wrote.", "repeat it with zsr run --again.")
    with np.load(path, allow_pickle=False) as arrays:
        head = f"{direction}/"
        found = {name.removeprefix(head): arrays[name] for name in arrays.files if name.startswith(head)}
    shared = found.pop(SHARED, None)
    return found if shared is None else _who(folder.parents[1] / SHARED, str(shared)) | found


def keep_per_query(values: PerQuery, folder: Path) -> str:
    """Writes the values compactly to a folder of kept runs.

    Args:
        values: As `read_per_query` gives them, by direction.
        folder: ``<root>/<experiment>/<run>``; what runs share goes to ``<root>/queries``.

    Returns:
        The checksum of the run's own file, for its record.

    Raises:
        ZsrError: The disk is full, or a folder cannot be written.
    """
    compact: dict[str, np.ndarray] = {}
    for direction, named in values.items():
        who = {name: named[name] for name in WHO}
        digest = _digest(who)
        compact[f"{direction}/{SHARED}"] = np.array(digest)
        shared = folder.parents[1] / SHARED / f"{digest}.npz"
        if not shared.is_file():
            _save(shared, who)
        compact |= {f"{direction}/{name}": array.astype(np.float32) for name, array in named.items() if name not in WHO}
    _save(folder / PER_QUERY, compact)
    return sha256_of(folder / PER_QUERY)


def _who(folder: Path, digest: str) -> dict[str, np.ndarray]:
    path = folder / f"{digest}.npz"
    if not path.is_file():
        raise BadFileError(f"{path} is missing.", "restore it from version control.")
    with np.load(path, allow_pickle=False) as arrays:
        who = {name: arrays[name] for name in WHO}
    if _digest(who) != digest:
        raise BadFileError(f"{path} is not what its name says.", "restore it from version control.")
    return who


def _digest(who: Mapping[str, np.ndarray]) -> str:
    """Sixteen digits that name these queries in this order."""
    digest = hashlib.sha256()
    for name in WHO:
        digest.update("\0".join(map(str, who[name].tolist())).encode() + b"\n")
    return digest.hexdigest()[:16]


def _save(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    with atomic_path(path) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, **arrays)
