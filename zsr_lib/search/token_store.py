"""A gallery's tokens on disk, encoded once: memory-mapped shards in half precision or in bytes, each with its checksum.

These are the "pre-calculated retrieval tokens" of MLAGT (METHODS.md §4.6), whose release keeps CLS tokens only; patch
tokens are what a second stage compares (`zsr_lib.models.bases.with_tokens`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.files import atomic_path, sha256_of, write_text

TokenKind = Literal["fp16", "int8"]
MANIFEST = "tokens.json"
SHARD = 1024
"""Items of a shard: what is lost, and made again, when one is damaged."""
REMEDY = "encode the gallery again with this model, or open it with the model that encoded it."


def record_type(kind: TokenKind, tokens: int, width: int) -> np.dtype:
    """One item's record: (T, D) float16; or (T, D) int8 with one scale a token, value = byte · scale.

    Raises:
        BadInputError: No such kind.
    """
    if kind not in ("fp16", "int8"):
        raise BadInputError(f"tokens cannot be kept as '{kind}'.", "use fp16 or int8.")
    code = ("token", "<f2" if kind == "fp16" else "i1", (tokens, width))
    return np.dtype([code, ("scale", "<f4", (tokens,))] if kind == "int8" else [code])


def packed(tokens: np.ndarray, kind: TokenKind) -> np.ndarray:
    """(N,) records of (N, T, D) tokens; each number of an int8 token is off by at most half its scale.

    Raises:
        BadInputError: They are no tokens, or not finite, or too large for half precision.
    """
    if tokens.ndim != 3 or not np.isfinite(tokens).all():
        raise BadInputError(f"tokens have shape {tokens.shape}, or are not finite.", "give (N, T, D) finite numbers.")
    records = np.zeros(len(tokens), record_type(kind, *tokens.shape[1:]))
    if kind == "int8":
        scale = np.abs(tokens).max(axis=2) / 127  # (N, T)
        records["scale"] = scale
        records["token"] = np.rint(tokens / np.where(scale > 0, scale, 1)[..., None])
    elif np.abs(tokens).max(initial=0) > np.finfo(np.float16).max:
        raise BadInputError("a token is too large for half precision.", "keep these tokens as int8.")
    else:
        records["token"] = tokens
    return records


def write_tokens(folder: Path, parts: Iterable[np.ndarray], model: str, kind: TokenKind = "fp16", of: str = "") -> None:
    """Writes a store; its manifest comes last, so that what a kill leaves is no store.

    Args:
        folder: Of the store; what another store left there is written over.
        parts: (n, T, D) tokens in gallery order, up to `SHARD` items each.
        model: Checksum of the system that made them.
        kind: How they are kept.
        of: Checksum of what they were made of, if anybody is to ask for it.

    Raises:
        BadInputError: There are none, or they cannot be kept so.
        ZsrError: The disk is full, or the folder cannot be written.
    """
    (folder / MANIFEST).unlink(missing_ok=True)
    shards: list[dict[str, Any]] = []
    shape = None
    for number, part in enumerate(parts):
        if shape not in (None, part.shape[1:]):
            raise BadInputError(f"tokens of shapes {shape} and {part.shape[1:]} are of two systems.", "use one system.")
        records, path = packed(part, kind), folder / f"tokens-{number:04d}.npy"
        with atomic_path(path) as temporary, temporary.open("wb") as stream:
            np.save(stream, records, allow_pickle=False)
        shards.append({"file": path.name, "items": len(part), "sha256": sha256_of(path)})
        shape = part.shape[1:]
    if shape is None:
        raise BadInputError("there are no photos to keep tokens of.", "give a gallery with photos.")
    about = {"model": model, "of": of, "kind": kind, "tokens": shape[0], "width": shape[1], "shards": shards}
    write_text(folder / MANIFEST, json.dumps(about, indent=1) + "\n")
    for path in folder.glob("tokens-*.npy"):
        if path.name not in {each["file"] for each in shards}:
            path.unlink()


@dataclass(frozen=True, eq=False)
class TokenStore:
    """Tokens of N items; rows are widened to float32 when they are asked for.

    Attributes:
        shards: Memory-mapped records.
        about: The manifest.
    """

    shards: tuple[np.ndarray, ...]
    about: Mapping[str, Any]

    def __len__(self) -> int:
        return sum(map(len, self.shards))

    @property
    def bytes_per_item(self) -> int:
        """On disk."""
        return self.shards[0].dtype.itemsize

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        """(K,) gallery rows, 0 … N − 1 → (K, T, D) float32."""
        rows = np.asarray(rows)
        found = np.empty((len(rows), self.about["tokens"], self.about["width"]), np.float32)
        first = np.cumsum([0, *map(len, self.shards)])
        shard = np.searchsorted(first, rows, side="right") - 1
        for number in np.unique(shard):
            here = shard == number
            records = self.shards[number][rows[here] - first[number]]
            found[here] = records["token"]
            if self.about["kind"] == "int8":
                found[here] *= records["scale"][..., None]
        return found


def open_tokens(folder: Path, model: str, of: str = "", verify: bool = True) -> TokenStore:
    """Opens a store.

    Args:
        folder: Of the store.
        model: Checksum of the system that will compare the tokens.
        of: Checksum of what they shall be tokens of.
        verify: Read every shard and compare its checksum.

    Raises:
        BadFileError: There is no store, a shard is missing or damaged, or they are tokens of another model or of
            something else; names both checksums.
    """
    try:
        about = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        told = [(about[name], wanted, name) for name, wanted in (("model", model), ("of", of))]
        expected = record_type(about["kind"], about["tokens"], about["width"])
        listed = [(folder / Path(each["file"]).name, each["items"], each["sha256"]) for each in about["shards"]]
    except (OSError, ValueError, KeyError, TypeError, BadInputError) as error:
        raise BadFileError(f"{folder} holds no tokens ({type(error).__name__}).", REMEDY) from error
    for found, wanted, name in told:
        if found != wanted:
            what = "made by the model" if name == "model" else "made of the gallery"
            raise BadFileError(f"the tokens in {folder} were {what} {found}, not {wanted}.", REMEDY)
    return TokenStore(tuple(_shard(path, items, sha, expected, verify) for path, items, sha in listed), about)


def _shard(path: Path, items: int, checksum: str, expected: np.dtype, verify: bool) -> np.ndarray:
    try:
        found = sha256_of(path) if verify else checksum
        if found != checksum:
            raise BadFileError(f"{path} is damaged: its checksum is {found}, not {checksum}.", REMEDY)
        records = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        there = f"it has {sha256_of(path)}" if path.is_file() else "there is no such file"
        raise BadFileError(f"{path} should have the checksum {checksum}; {there}.", REMEDY) from error
    if (records.dtype, records.shape) != (expected, (items,)):
        raise BadFileError(
            f"{path} holds {records.shape} of {records.dtype}, not {items} tokens of {expected}.", REMEDY
        )
    return records
