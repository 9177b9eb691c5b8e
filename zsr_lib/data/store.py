"""Arrays that took a while to make, kept on disk and memory-mapped.

One folder per key below ``<cache>/store``: some ``*.npy`` files and ``manifest.json``. A folder appears in
one step when it is complete; one process builds it while others wait; what a killed process left behind is
removed by the next builder; a folder that does not match its manifest is built anew. The manifest knows each
array's size, modification time and SHA-256: an array that was written to or swapped is read again and, unless
its bytes are the same (a copied cache), not used.
"""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.errors import ZsrError
from zsr_lib.files import exclusive, explained, sha256_of
from zsr_lib.settings import cache_root

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Stored:
    """An opened store folder: its path and manifest (``key``, ``arrays``, and what the builder returned)."""

    folder: Path
    manifest: dict[str, Any]

    def array(self, name: str) -> np.ndarray:
        """The array ``<name>.npy``, read-only and memory-mapped."""
        return np.load(self.folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)


def open_or_build(label: str, key: str, build: Callable[[Path], dict[str, Any]]) -> Stored:
    """The store folder of `key`, built first if it is not there or damaged.

    Args:
        label: Readable start of the folder's name, for example ``ucmerced-photo-64px``.
        key: Hexadecimal digest of everything the arrays depend on.
        build: Writes ``*.npy`` files into the folder it is given; returns what the manifest should say
            beside ``key`` and ``arrays``.

    Raises:
        ZsrError: The disk is full, the cache cannot be written, or another process holds the lock for long.
    """
    root = cache_root() / "store"
    folder = root / f"{label}-{key[:16]}"
    if (stored := _opened(folder, key)) is not None:
        return stored
    with exclusive(_lock(folder), f"preparing {label}"):
        # Whoever held the lock before us may have built it.
        if (stored := _opened(folder, key)) is None:
            with explained(root):
                _publish(folder, key, build)
                _sweep(root)
            stored = _opened(folder, key)
    assert stored is not None, f"{folder} does not match its own manifest"
    return stored


def _opened(folder: Path, key: str) -> Stored | None:
    """The store in `folder`, or None if it is missing or does not match its manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["key"] == key and _unchanged(manifest["arrays"], folder):
            return Stored(folder, manifest)
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        pass  # half a folder, a cut array, a manifest that is no JSON: all mean "build it"
    return None


def _unchanged(arrays: dict[str, Any], folder: Path) -> bool:
    """Whether the arrays in `folder` are those that were described; only files with another time are read."""
    found = {path.stem: path for path in folder.glob("*.npy")}
    if found.keys() != arrays.keys():
        return False
    for name, path in found.items():
        status, known = path.stat(), arrays[name]
        np.load(path, mmap_mode="r", allow_pickle=False)  # refuses files shorter than their header says
        if status.st_size != known["bytes"]:
            return False
        if status.st_mtime_ns != known["modified"] and sha256_of(path) != known["sha256"]:
            return False
    return True


def _describe(folder: Path) -> dict[str, Any]:
    """Name → shape, type, file size, modification time and SHA-256 of each array."""
    arrays = {}
    for path in sorted(folder.glob("*.npy")):
        array, status = np.load(path, mmap_mode="r", allow_pickle=False), path.stat()
        arrays[path.stem] = {
            "shape": list(array.shape),
            "dtype": str(array.dtype),
            "bytes": status.st_size,
            "modified": status.st_mtime_ns,
            "sha256": sha256_of(path),
        }
    return arrays


def _publish(folder: Path, key: str, build: Callable[[Path], dict[str, Any]]) -> None:
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        manifest = build(part)
        text = json.dumps({"key": key, "arrays": _describe(part)} | manifest, indent=1, ensure_ascii=False)
        (part / MANIFEST).write_text(text + "\n", encoding="utf-8")
        for path in part.iterdir():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _sweep(root: Path) -> None:
    """Removes what killed processes left: a part folder whose lock nobody holds."""
    for part in root.glob("*.part"):
        with suppress(ZsrError), exclusive(_lock(part.with_suffix("")), "preparing", wait_seconds=0):
            shutil.rmtree(part, ignore_errors=True)


def _lock(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")
