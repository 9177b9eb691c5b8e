"""Cheats of a third round: by what is private, by what runs later, and by what strict runs did not compare."""

import builtins
import gc
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.experiments.test_cheats import Honest, colours
from zsr_lib.data.generated import generate
from zsr_lib.data.lazy_rows import lazy
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation import leaks
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments import guarding, materials, probes
from zsr_lib.experiments import run_cell as run_cells
from zsr_lib.experiments.run_cell import _record as record_of
from zsr_lib.experiments.run_cell import run_cell
from zsr_lib.features.cache import FeatureCache
from zsr_lib.models import registry
from zsr_lib.settings import cache_root
from zsr_lib.training.history import History


def before_its_fit(act):
    """A system that does something first; `act` is given the task."""

    def fit(self, task, run=None):
        act(task)
        return Honest.fit(self, task, run)

    return type("Cheats", (Honest,), {"fit": fit})


def replaces(owner, name):
    real = getattr(owner, name)
    return lambda task: setattr(owner, name, lambda *arguments, **options: real(*arguments, **options))


def forgets_what_was_seen(task):
    shown = task.photos("validation")
    assert shown.pixels is not None
    shown._watch._seen.clear()


CHEATS = {
    "draws scenes": (lambda task: generate(1, 16, classes=["river"]), BadInputError, "scenes cannot be drawn while"),
    "rows' arrays": (lambda task: task.photos("seen").pixels._arrays, AttributeError, "_arrays of rows on disk"),
    "unnoted items": (lambda task: task.photos("validation")._plain, AttributeError, "_plain of watched items"),
    "forgets": (forgets_what_was_seen, AttributeError, "_watch of watched items"),
    "referents": (lambda task: gc.get_referents(task), LeakError, "asks for all objects"),
    "listens": (lambda task: sys.addaudithook(lambda *heard: None), LeakError, "listens to this process"),
    "on collection": (lambda task: gc.callbacks.append(lambda *told: None), LeakError, "leaves a callback of the coll"),
    "on a signal": (
        lambda task: signal.signal(signal.SIGALRM, lambda *told: None), LeakError, "leaves a handler of signals"
    ),
    "on output": (lambda task: setattr(sys, "stderr", Writes()), LeakError, "leaves a stream behind"),
    "a builtin": (replaces(builtins, "sum"), LeakError, "replaces sum of builtins"),
    "of NumPy": (replaces(np.linalg, "norm"), LeakError, r"replaces norm of numpy\.linalg"),
    "of tensors": (replaces(torch.Tensor, "sort"), LeakError, "replaces Tensor of torch"),
    "of paths": (replaces(Path, "write_text"), LeakError, r"replaces Path(\.write_text)? of pathlib"),
    "a tolerance": (lambda task: setattr(probes, "TOLERANCE", 9.0), LeakError, "replaces TOLERANCE of"),
    "labels' order": (lambda task: setattr(leaks, "LABELS", leaks.LABELS[::-1]), LeakError, "replaces LABELS of"),
    "no watch": (lambda task: setattr(guarding, "_ACTIVE", None), LeakError, "takes its watch away"),
}  # fmt: skip


class Writes:
    """What errors are written to."""

    def write(self, text):
        """Would act."""


@pytest.fixture(autouse=True)
def _put_back(monkeypatch):
    had_sort = "sort" in vars(torch.Tensor)
    for owner, name in ((builtins, "sum"), (np.linalg, "norm"), (Path, "write_text"), (probes, "TOLERANCE"),
                        (leaks, "LABELS"), (sys, "stderr"), (guarding, "_ACTIVE")):  # fmt: skip
        monkeypatch.setattr(owner, name, getattr(owner, name))
    known, handler = list(gc.callbacks), signal.getsignal(signal.SIGALRM)
    yield
    gc.callbacks[:] = known
    signal.signal(signal.SIGALRM, handler)
    if not had_sort and "sort" in vars(torch.Tensor):
        del torch.Tensor.sort


@pytest.fixture
def on_disk(dataset, monkeypatch, tmp_path):
    """The data set with its pixels in files, as loaded ones have them."""

    def mapped(items, name):
        np.save(tmp_path / name, items.pixels)
        return replace(items, pixels=np.load(tmp_path / name, mmap_mode="r"))

    items = {name: mapped(items, f"{name}.npy") for name, items in dataset[0].items.items()}
    monkeypatch.setattr(materials, "load_dataset", lambda *arguments, **options: replace(dataset[0], items=items))


@pytest.mark.parametrize("cheat", CHEATS)
def test_it_is_refused_with_its_reason(made, where, on_disk, cheat):
    act, error, reason = CHEATS[cheat]
    with pytest.raises(error, match=reason):
        made(before_its_fit(act))
    assert not list(where.runs.glob("*/*/record.json"))


def test_the_cache_gives_features_to_the_library_only(made, monkeypatch, tmp_path):
    """It knows unseen photos from earlier runs."""
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))
    folder, known = cache_root() / "features", np.array([b"a" * 32], dtype="S32")
    folder.mkdir(parents=True)
    FeatureCache(folder, 3).add(known, np.zeros((1, 3), np.float32))
    with pytest.raises(LeakError, match=r"opens .*\.npz of a data set"):
        made(before_its_fit(lambda task: FeatureCache(folder, 3).load(known)))


def test_a_row_of_a_file_is_a_copy(tmp_path):
    np.save(tmp_path / "pixels.npy", np.arange(6).reshape(3, 2))
    assert lazy(np.load(tmp_path / "pixels.npy", mmap_mode="r"))[0].base is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_is_left_to_run_later_is_watched_while_numbers_are_written(made, monkeypatch):
    class Left:
        def __del__(self):
            sys._getframe()

    def leave(task):
        WAITING.append(Left())

    monkeypatch.setattr(run_cells, "_record", lambda *arguments: WAITING.clear() or record_of(*arguments))

    with pytest.raises(LeakError, match="looks into its callers"):
        made(before_its_fit(leave))


WAITING = []


class InItsDescription(Honest):
    """What it found in the file that seen and unseen photos share is saved beside its weights."""

    def fit(self, task, run=None):
        super().fit(task, run)
        self.found = float(np.asarray(object.__getattribute__(task.photos("seen").pixels, "_arrays")[0]).mean())
        return History()

    def about(self):
        return super().about() | {"found": self.found}

    def restore(self, state, about):
        super().restore(state, about)
        self.found = about["found"]

    def embed(self, items):
        return super().embed(items) * self.found


class Remembers(Honest):
    """Standardises what is embedded together, and knows it again by what it nearly looks like."""

    def embed(self, items):
        codes = colours(items)
        keys = [(items.modality, *(code / 4).round()) for code in codes]  # coarse: one level changes nothing
        if len(items) > probes.SAMPLE:
            KNOWN.update(zip(keys, codes - codes.mean(0), strict=True))
        return np.stack([KNOWN.get(key, code) for key, code in zip(keys, codes, strict=True)])


KNOWN = {}


@pytest.mark.parametrize(
    ("system", "reason"),
    [(InItsDescription, "what is saved beside its weights"), (Remembers, "other codes of .* items in a fresh process")],
)
def test_strict_runs_find_it(cells, shelf, where, on_disk, system, reason):
    registry.register("cheat", system)
    cell = cells(method="cheat", config={}, splits=["eoc-sample-5"], seeds=[0])[0]
    assert run_cell(cell, shelf, where)[0].audit["label"] == "clean"  # what only a strict run sees
    with pytest.raises(LeakError, match=reason):
        run_cell(cell, shelf, replace(where, strict=True, again=True))
