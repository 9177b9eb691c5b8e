from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.experiments import test_cheats
from zsr_lib.cli import main
from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.data.semantics import class_semantics
from zsr_lib.data.splits import ItemSplit
from zsr_lib.data.task import build_task
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments import materials
from zsr_lib.experiments.earlier import rescoring_of
from zsr_lib.experiments.run_cell import rescore, run_cell
from zsr_lib.experiments.strict import spoilt
from zsr_lib.models import registry
from zsr_lib.training import processes
from zsr_lib.training.history import History


def means(pixels):
    return np.asarray(pixels).reshape(len(pixels), -1, 3).mean(1).astype(np.float32)


class Honest(test_cheats.Honest):
    """The same, with pixels from disk."""

    def fit(self, task, run=None):
        self.begin(run)
        self.scale.copy_(torch.from_numpy(means(self.rows_of(task.photos("seen").pixels)).std(0)))
        self.record("scale", task.seen)
        return History()

    def rows_of(self, pixels):
        return pixels

    def embed(self, items):
        return means(items.pixels) / self.scale.numpy()


class Around(Honest):
    """Looks at seen photos only, and takes the whole file that their rows are in."""

    def rows_of(self, pixels):
        return object.__getattribute__(pixels, "_arrays")[0]


class Restless(Honest):
    """Draws without the seed that it is given."""

    def fit(self, task, run=None):
        super().fit(task, run)
        self.scale *= torch.rand(3)
        return History()


@pytest.fixture
def on_disk(dataset, monkeypatch, tmp_path):
    """The data set with its pixels in files, as loaded ones have them."""
    made, _ = dataset

    def mapped(items, name):
        np.save(tmp_path / name, items.pixels)
        return replace(items, pixels=np.load(tmp_path / name, mmap_mode="r"))

    made = replace(made, items={name: mapped(items, f"{name}.npy") for name, items in made.items.items()})
    monkeypatch.setattr(materials, "load_dataset", lambda *arguments, **options: made)
    return made


@pytest.fixture
def run(cells, shelf, where):
    def made(system, strict=True):
        registry.register("cheat", system)
        cell = cells(method="cheat", config={}, splits=["eoc-sample-5"], seeds=[0])[0]
        return run_cell(cell, shelf, replace(where, strict=strict, again=True))[0]

    return made


def test_an_honest_system_passes_and_scores_the_same(run, on_disk):
    record = run(Honest)
    assert record.audit["strict"] is True
    plain = run(Honest, strict=False)
    assert "strict" not in plain.audit
    assert plain.results == record.results
    assert plain.files == record.files


def test_who_gets_round_the_view_through_a_shared_file_is_refused(run, on_disk):
    assert run(Around, strict=False).audit["label"] == "clean"  # what the view alone cannot see
    with pytest.raises(LeakError, match="noise in place of the unseen classes, it differs in scale"):
        run(Around)


def test_a_system_that_ignores_its_seed_is_refused(run, on_disk):
    with pytest.raises(LeakError, match="it differs in scale"):
        run(Restless)


class KeepsInMemory(Honest):
    """What `fit` found is a global, and never saved."""

    found = 1.0

    def fit(self, task, run=None):
        done = super().fit(task, run)
        KeepsInMemory.found = 2.0
        return done

    def embed(self, items):
        codes = super().embed(items)
        codes[:, 0] *= KeepsInMemory.found
        return codes


def test_what_is_only_in_memory_is_not_there_in_a_fresh_process(run, on_disk):
    assert run(KeepsInMemory, strict=False).audit["label"] == "clean"
    with pytest.raises(LeakError, match=r"gives other codes of .* items in a fresh process"):
        run(KeepsInMemory)


class KnowsVectors(Honest):
    """The class vectors of unseen classes are part of its weights."""

    def fit(self, task, run=None):
        done = super().fit(task, run)
        self.scale *= float(np.abs(class_semantics("random", task.unseen, dim=8)).sum())
        return done


class LooksAtValidation(Honest):
    """Validation photos, by way of the file that seen ones are in."""

    def fit(self, task, run=None):
        done, row = super().fit(task, run), 6 * EOC_CLASSES.index(task.validation[0])
        file = object.__getattribute__(task.photos("seen").pixels, "_arrays")[0]
        self.scale *= float(means(file[row : row + 6]).mean())
        return done


def test_vectors_of_unseen_classes_are_noise_too(run, on_disk):
    with pytest.raises(LeakError, match="it differs in scale"):
        run(KnowsVectors)


def test_validation_that_nobody_declares_to_choose_by_is_noise_too(run, on_disk):
    assert run(LooksAtValidation, strict=False).audit["label"] == "clean"
    with pytest.raises(LeakError, match="it differs in scale"):
        run(LooksAtValidation)


def test_a_legacy_system_is_labelled_as_before(run, on_disk):
    legacy = type("Legacy", (Around,), {"legacy": True})
    assert "strict" not in run(legacy).audit


@pytest.mark.parametrize("disk", [False, True])
def test_only_what_is_held_out_becomes_noise(request, dataset, tmp_path, disk):
    made = request.getfixturevalue("on_disk") if disk else dataset[0]
    task = build_task(made, "eoc-sample-5", 0, 1)
    noisy = spoilt(task, tmp_path)
    for group in ("seen", "validation"):
        for before, after in ((task.photos(group), noisy.photos(group)), (task.sketches(group), noisy.sketches(group))):
            np.testing.assert_array_equal(np.asarray(before.pixels), np.asarray(after.pixels))
            np.testing.assert_array_equal(before.ids, after.ids)
    for name, items in made.items.items():
        held = np.isin(items.class_names, (*task.seen, *task.validation), invert=True)
        changed = noisy.dataset.items[name]
        equal = np.array(changed.pixels)[held] == np.array(items.pixels)[held]
        assert equal.mean() < 0.02
        assert sorted(changed.labels[held]) == sorted(items.labels[held])
        assert (changed.labels[held] != items.labels[held]).any()
        assert isinstance(changed.pixels, np.memmap) == disk


def test_of_divided_items_those_that_are_held_become_noise_whatever_they_show(dataset, tmp_path):
    made, photos = dataset[0], dataset[0].photos
    count = len(photos)
    shown = {
        "features": np.ones((count, 4), np.float32),
        "tokens": np.ones((count, 2, 3), np.float32),
        "sentences": np.array(["a runway"] * count),
        "pixels": photos.pixels.astype(np.uint16),
    }
    made = replace(made, items={"photo": replace(photos, **shown)})
    task = build_task(made, ItemSplit(0.5, by="item"))
    noisy = spoilt(task, tmp_path).dataset.photos
    held = np.isin(noisy.ids, task.photos("unseen").ids)
    assert 0 < held.sum() < count
    for name in shown:
        same = (np.asarray(getattr(noisy, name)) == getattr(made.photos, name)).reshape(count, -1).mean(1)
        assert (same[~held] == 1).all()
        assert same[held].max() < 0.02
    assert noisy.pixels.max() > 255


def test_a_system_of_before_is_not_taken_for_strict_and_what_is_rescored_keeps_its_word(cells, shelf, where):
    def made(strict, **changes):
        cell = cells(splits=["eoc-sample-5"], seeds=[0], **changes)[0]
        return run_cell(cell, shelf, replace(where, strict=strict))[0]

    assert "strict" not in made(False).audit
    asked = made(True, metrics=["P@5/k"])
    assert (asked.trained, asked.audit["strict"]) == (None, True)
    again = rescore(asked, rescoring_of(asked, ["metrics=[P@3/k]"]), shelf, where)
    assert (again.trained["run"], again.audit["strict"]) == (asked.folder.name, True)


def test_several_processes_cannot_be_strict(write, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(processes, "together", lambda: nullcontext(processes.Processes(2, 0)))
    with pytest.raises(SystemExit) as done:
        main(["run", str(write()), "--strict", "--runs", str(tmp_path / "runs")])
    assert done.value.code == 2
    assert "no torchrun" in capsys.readouterr().err
