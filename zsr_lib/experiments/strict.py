"""``zsr run --strict``: fitted once more with noise in place of what is held out; an honest system does not notice."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from zsr_lib.configs import plain
from zsr_lib.data.items import PAYLOADS, ItemSet
from zsr_lib.data.lazy_rows import LazyRows
from zsr_lib.data.semantics import spoilt_vectors
from zsr_lib.data.task import Group, Task
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.models.method import Method

_BLOCK = 1024
"""Rows that are copied at a time."""


def check_strict(method: Method, fitted: Callable[[Task, Path], Method], task: Task) -> None:
    """Fits a second system on the task with noise and compares what both keep, bit by bit.

    Whoever gets round the view that `fit` is given, for example through the file that its arrays share, comes to
    other weights. Class vectors of what is held out are noise, too. What nobody declares to choose by, the validation
    classes, counts as held out. Both fits are in this process: who finds the true task there both times, or reads files
    in C, is not found (`zsr_lib.experiments.guarding` says what is heard).

    Args:
        method: As it was fitted.
        fitted: Fits the same system in the same way on another task, with a folder for its checkpoints.
        task: Whose unseen classes, or of a split by items unseen items, are held out.

    Raises:
        LeakError: The two differ; names the parts.
    """
    declared = {name for part in method.trained_parts() for name in part.classes or ()}
    groups = ("seen", "validation") if declared & set(task.validation) or task.division else ("seen",)
    held = {*task.unseen, *(() if "validation" in groups else task.validation)} - set(task.seen)
    with tempfile.TemporaryDirectory(prefix="zsr-strict-") as folder, spoilt_vectors(held):
        again = fitted(spoilt(task, Path(folder), groups), Path(folder))
    first, second = method.state_dict(), again.state_dict()
    parts = [name for name in first if name not in second or not torch.equal(first[name], second[name])]
    if plain(method.about()) != plain(again.about()):
        parts.append("what is saved beside its weights")
    if parts or first.keys() != second.keys():
        raise LeakError(
            f"fitted again with noise in place of the unseen classes, it differs in {', '.join(parts) or 'its parts'}.",
            "find what reaches its weights besides task.training_items('seen', …), and the seed.",
        )


def spoilt(task: Task, folder: Path, groups: tuple[Group, ...] = ("seen", "validation")) -> Task:
    """The task, but what items are and show, of all that are in none of the groups, is noise.

    Args:
        task: As it is.
        folder: Where rows are written that are read from disk now; it must outlive the task.
        groups: Whose items stay as they are.
    """
    rng = np.random.default_rng(0)
    items = {
        modality: _spoilt(items, _held(task, modality, groups), rng, folder)
        for modality, items in task.dataset.items.items()
    }
    return replace(task, dataset=replace(task.dataset, items=items))


def _held(task: Task, modality: str, groups: tuple[Group, ...]) -> np.ndarray:
    """(N,) mask of the items that nothing is fitted on."""
    allowed = [task.items(group, modality).ids for group in groups]
    return np.isin(task.dataset.of(modality).ids, np.concatenate(allowed), invert=True)


def _spoilt(items: ItemSet, held: np.ndarray, rng: np.random.Generator, folder: Path) -> ItemSet:
    changed = {}
    for name in ("labels", "tags"):
        if (rows := getattr(items, name)) is not None:
            changed[name] = rows.copy()
            changed[name][held] = rng.permutation(rows[held])
    for name in PAYLOADS:
        if (rows := getattr(items, name)) is not None:
            changed[name] = _noisy(rows, held, rng, folder / f"{items.modality}-{name}.npy")
    return replace(items, **changed)


def _noisy(rows: np.ndarray | LazyRows, held: np.ndarray, rng: np.random.Generator, file: Path) -> np.ndarray:
    """A copy, on disk where the rows are: what is shared there must hold noise, too."""
    if isinstance(rows, np.memmap | LazyRows):
        copy = np.lib.format.open_memmap(file, "w+", rows.dtype, rows.shape)
    else:
        copy = np.empty(rows.shape, rows.dtype)
    for start in range(0, len(rows), _BLOCK):
        block = np.array(rows[start : start + _BLOCK])
        noise = held[start : start + _BLOCK]
        block[noise] = _noise(rng, block[noise].shape, rows.dtype)
        copy[start : start + _BLOCK] = block
    return copy


def _noise(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Any numbers of the type, or words that nobody wrote."""
    if np.issubdtype(dtype, np.integer):
        return rng.integers(np.iinfo(dtype).min, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    if np.issubdtype(dtype, np.floating):
        return rng.normal(size=shape).astype(dtype)
    return rng.integers(2**32, size=shape).astype(str)
