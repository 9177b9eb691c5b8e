"""``zsr run --strict``: fitted once more with noise in place of what is held out; an honest system does not notice."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from zsr_lib.data.datasets import closed_datasets
from zsr_lib.data.items import ItemSet
from zsr_lib.data.lazy_rows import LazyRows
from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.watching import watched
from zsr_lib.models.method import Method
from zsr_lib.training.config import Run

_BLOCK = 1024
"""Pictures that are copied at a time."""


def check_strict(method: Method, made: Callable[[], Method], task: Task, run: Run) -> None:
    """Fits a second system on the task with noise and compares what both keep, bit by bit.

    Whoever gets round the view that `fit` is given, for example through the file that its arrays share, comes to
    other weights. Names of classes stay as they are: class vectors of unseen ones are not replaced.

    Args:
        method: As it was fitted.
        made: Makes the same system, not fitted.
        task: Whose unseen classes are held out.
        run: As `method` was fitted.

    Raises:
        LeakError: The two differ; names the parts.
    """
    with tempfile.TemporaryDirectory(prefix="zsr-strict-") as folder:
        again = made()
        shown, _ = watched(spoilt(task, Path(folder)))
        with closed_datasets():
            again.fit(shown, replace(run, folder=Path(folder) / "training"))
    first, second = method.state(), again.state()
    parts = [name for name in first if name not in second or not torch.equal(first[name], second[name])]
    if parts or first.keys() != second.keys():
        raise LeakError(
            f"fitted again with noise in place of the unseen classes, it differs in {', '.join(parts) or 'its parts'}.",
            "find what reaches its weights besides task.photos('seen') and the training sketches, and the seed.",
        )


def spoilt(task: Task, folder: Path) -> Task:
    """The task, but pixels, features and labels of all that is neither seen nor validation are noise.

    Args:
        task: As it is.
        folder: Where pixels are written that are read from disk now; it must outlive the task.
    """
    allowed = (*task.seen, *task.validation)
    held = [name for name in task.dataset.classes if name not in allowed]
    dice = np.random.default_rng(0)
    photos, sketches = task.dataset.photos, task.dataset.sketches
    return replace(
        task,
        dataset=replace(
            task.dataset,
            photos=_spoilt(photos, held, dice, folder / "photos.npy"),
            sketches=None if sketches is None else _spoilt(sketches, held, dice, folder / "sketches.npy"),
        ),
    )


def _spoilt(items: ItemSet, held: list[str], dice: np.random.Generator, file: Path) -> ItemSet:
    rows, labels, changed = items.rows_of(held), items.labels.copy(), {}
    labels[rows] = dice.permutation(labels[rows])
    if items.pixels is not None:
        changed["pixels"] = _noisy_pixels(items.pixels, rows, dice, file)
    if items.features is not None:
        changed["features"] = np.array(items.features)
        changed["features"][rows] = dice.normal(size=(len(rows), items.features.shape[1]))
    return replace(items, labels=labels, **changed)


def _noisy_pixels(pixels: np.ndarray | LazyRows, rows: np.ndarray, dice: np.random.Generator, file: Path) -> np.ndarray:
    """A copy, on disk where the pixels are: what is shared there must hold noise, too."""
    if isinstance(pixels, np.memmap | LazyRows):
        copy = np.lib.format.open_memmap(file, "w+", pixels.dtype, pixels.shape)
    else:
        copy = np.empty(pixels.shape, pixels.dtype)
    is_held = np.isin(np.arange(len(pixels)), rows)
    for start in range(0, len(pixels), _BLOCK):
        block = np.array(pixels[start : start + _BLOCK])
        held = is_held[start : start + _BLOCK]
        block[held] = dice.integers(0, 256, block[held].shape)
        copy[start : start + _BLOCK] = block
    return copy
