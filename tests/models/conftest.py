"""A small generated task, the same one with its unseen items spoilt, and what every system is tested for."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.task import build_task
from zsr_lib.evaluation.leaks import audit
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import attach_dataset, make_extractor
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save
from zsr_lib.training.config import Run

HOG = {"backbone": "hog", "size": 64}
QUIET = Run(progress=False)


@pytest.fixture(scope="session")
def generated(tmp_path_factory):
    """Generated scenes, 20 of each class, 64 px, with HOG features (computed once for all tests of this process)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSR_CACHE", str(tmp_path_factory.mktemp("models-cache")))
        dataset = load_dataset("generated", size=64, per_class=20, progress=False)
        pixels = {name: np.array(items.pixels) for name, items in dataset.items().items()}
        dataset = replace(
            dataset,
            photos=replace(dataset.photos, pixels=pixels["photo"]),
            sketches=replace(dataset.sketches, pixels=pixels["sketch"]),
        )
        return attach_dataset(dataset, make_extractor(FeaturesConfig(**HOG)), progress=False)


@pytest.fixture
def task(generated):
    """14 seen classes (3 of them for validation), 6 unseen."""
    return build_task(generated, "generated-14-6")


def spoilt(task, classes):
    """The same task, but pixels and features of these classes are replaced by others."""
    chosen = [task.dataset.classes.index(name) for name in classes]
    generator = np.random.default_rng(1)

    def spoil(items):
        rows = np.isin(items.labels, chosen)
        pixels, features = np.array(items.pixels), np.array(items.features)
        pixels[rows] = generator.integers(0, 256, pixels[rows].shape)
        features[rows] = generator.normal(size=features[rows].shape) * 100
        return replace(items, pixels=pixels, features=features)

    dataset = task.dataset
    return replace(task, dataset=replace(dataset, photos=spoil(dataset.photos), sketches=spoil(dataset.sketches)))


@pytest.fixture
def poisoned(task):
    """The same task with its unseen classes spoilt: a system that touches them gets other weights than from `task`."""
    return spoilt(task, task.unseen)


def score(method, task):
    """AP@all/std of the unseen classes' sketches in their photos."""
    queries, gallery = task.queries(), task.gallery()
    sides = [Side(method.embed(items), items.class_names) for items in (queries, gallery)]
    return evaluate(*sides, ["AP@all/std"], Protocol(distance=method.distance)).micro("AP@all/std")


def chance(task):
    """What a random order of this task's gallery scores."""
    queries, gallery = task.queries(), task.gallery()
    sides = [Side(np.zeros((len(items), 1)), items.class_names) for items in (queries, gallery)]
    return evaluate(*sides, ["AP@all/std"]).micro("AP@all/std")


@pytest.fixture
def check_method(task, poisoned, tmp_path):
    """Checks what holds for every system, and returns the fitted one."""

    def check(name, options, margin):
        method = create(name, options)
        method.fit(task, QUIET)
        assert score(method, task) > chance(task) + margin
        codes = method.embed(task.gallery())

        # Reading one unseen item while fitting would change what comes out for the untouched ones.
        other = create(name, options)
        other.fit(poisoned, QUIET)
        for key, value in method.state().items():
            assert torch.equal(value, other.state()[key]), key
        audit(method.trained_parts(), task.unseen, legacy=method.legacy)

        save(method, tmp_path / name)
        again = load(tmp_path / name)
        np.testing.assert_array_equal(again.embed(task.gallery()), codes)
        np.testing.assert_allclose(method.embed(task.gallery().take([3, 1])), codes[[3, 1]], rtol=1e-5, atol=1e-5)
        return method

    return check
