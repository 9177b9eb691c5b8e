"""A small generated task, the same one with classes spoilt, and how well a system ranks."""

from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.data.task import build_task
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import attach_dataset, make_extractor
from zsr_lib.training.config import Run

HOG = {"backbone": "hog", "size": 64}
QUIET = Run(progress=False)


@pytest.fixture(scope="session")
def generated(scenes, session_cache):
    """Generated scenes, 20 of each class, 64 px, with HOG features (computed once for all tests of this run)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSR_CACHE", str(session_cache))
        return attach_dataset(scenes, make_extractor(FeaturesConfig(**HOG)), progress=False)


def generated_task(generated):
    """14 seen classes (3 of them for validation), 6 unseen."""
    return build_task(generated, "generated-14-6")


@pytest.fixture
def task(generated):
    """As `generated_task` has it."""
    return generated_task(generated)


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

    spoilt_items = {name: spoil(items) for name, items in task.dataset.items.items()}
    return replace(task, dataset=replace(task.dataset, items=spoilt_items))


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
