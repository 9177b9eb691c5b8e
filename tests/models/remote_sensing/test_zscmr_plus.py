import numpy as np
import pytest

from tests.models.conftest import QUIET
from tests.models.shapes import TINY, shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save

SEEN = {"bar", "cross", "river", "runway"}
TAIL = {"block": 1, "own_turns": "mirror", "auxiliary_classes": 3, "training": {"steps": 60, "learning_rate": 1e-3}}
OPTIONS = {"features": TINY | {"rotations": 2}, "tail": TAIL}


@pytest.fixture
def task():
    return shapes_task()


def fitted(task, **options):
    method = create("zscmr_plus", OPTIONS | options)
    method.fit(task, QUIET)
    return method


def test_a_loaded_system_names_the_classes_that_its_blocks_have_seen(task, tmp_path):
    save(fitted(task, tail=TAIL | {"apart": ["river"], "leave_out": ["river"]}), tmp_path)
    parts = {part.name: set(part.classes) for part in load(tmp_path).trained_parts()}
    assert parts == {"fine-tuned blocks": SEEN - {"river"}, "standardisation": SEEN}


def test_without_a_tail_it_is_standardised_features(task):
    method, same = fitted(task, tail=None), create("standardised", {"features": OPTIONS["features"]})
    same.fit(task, QUIET)
    np.testing.assert_array_equal(method.embed(task.gallery()), same.embed(task.gallery()))
    assert [part.name for part in method.trained_parts()] == ["standardisation"]


def test_codes_of_seen_photos_and_sketches_have_mean_0_after_training(task):
    method = fitted(task)
    for items in (task.photos("seen"), task.sketches("seen")):
        np.testing.assert_allclose(method.embed(items).mean(axis=0), 0, atol=1e-4)


def test_a_mirror_image_has_the_same_code(task):
    method, photos = fitted(task), task.gallery()
    mirrored = type(photos)(**{**vars(photos), "pixels": np.ascontiguousarray(photos.pixels[:, :, ::-1])})
    np.testing.assert_allclose(method.embed(mirrored), method.embed(photos), atol=1e-4)


def test_a_batch_of_more_classes_than_there_are_says_so(task):
    with pytest.raises(BadInputError, match="9 classes of own; there are 4"):
        fitted(task, tail=TAIL | {"own_classes": 9})
