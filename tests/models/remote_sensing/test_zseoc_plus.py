from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.conftest import chance, score
from tests.models.shapes import TINY, drawings, only_photos, shapes, shapes_task
from zsr_lib.data.drawing import draw
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
STYLES = ("xdog", "canny")
TAIL = {"block": 1, "auxiliary_classes": 3, "training": {"steps": 60, "learning_rate": 1e-3}}
OPTIONS = {"features": TINY, "styles": list(STYLES), "tail": TAIL}


@pytest.fixture
def task():
    return shapes_task()


def fitted(task, **options):
    method = create("zseoc_plus", OPTIONS | {"tail": None} | options)
    method.fit(task, QUIET)
    return method


def drawn(photos, style):
    return replace(photos, pixels=np.stack([draw(each, style, seed=0) for each in np.asarray(photos.pixels)]))


def units(method, name, items):
    """Features standardised with the saved statistics, at length 1, in numpy."""
    state = {key: value.numpy().astype(np.float64) for key, value in method.state_dict().items()}
    made = (method.extractor("photo")(items) - state[f"scaling.{name}.mean"]) / state[f"scaling.{name}.scale"]
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def cosines(method, task):
    queries, gallery = (method.embed(items).astype(np.float64) for items in (task.queries(), task.gallery()))
    lengths = np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(gallery, axis=1)
    return queries @ gallery.T / lengths


@pytest.mark.parametrize("options", [{"tail": None}, {"tail": TAIL, "features": TINY | {"rotations": 4}}])
@pytest.mark.parametrize("weight", [0.5, 2.0])
def test_one_cosine_is_the_weighted_sum_of_both_comparisons(task, options, weight):
    method = fitted(task, drawing_weight=weight, **options)
    sketches, photos = task.queries(), task.gallery()
    s, p = units(method, "sketch", sketches), units(method, "photo", photos)
    d = sum(units(method, style, drawn(photos, style)) for style in STYLES)
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    expected = (s @ p.T + weight * s @ d.T) / np.sqrt(2 * (1 + weight**2))
    np.testing.assert_allclose(cosines(method, task), expected, atol=1e-5)


@pytest.mark.parametrize("options", [{"styles": []}, {"drawing_weight": 0.0}, {"styles": [], "drawing_weight": 0.0}])
def test_without_drawings_only_the_photos_are_compared(task, tmp_path, options):
    method = fitted(task, **options)
    sketches, photos = task.queries(), task.gallery()
    assert method.embed(sketches).shape[1] == method.embed(photos).shape[1] == 256
    expected = units(method, "sketch", sketches) @ units(method, "photo", photos).T / np.sqrt(2)
    np.testing.assert_allclose(cosines(method, task), expected, atol=1e-5)
    save(method, tmp_path)
    np.testing.assert_array_equal(load(tmp_path).embed(photos), method.embed(photos))


def test_without_a_tail_the_backbone_stays_and_only_statistics_are_fitted(task, tmp_path):
    method = fitted(task)
    assert {name.partition(".")[0] for name in method.state_dict()} == {"scaling"}
    assert [part.name for part in method.trained_parts()] == ["standardisation"]
    save(method, tmp_path)
    np.testing.assert_array_equal(load(tmp_path).embed(task.gallery()), method.embed(task.gallery()))


def test_statistics_are_those_of_seen_photos_their_drawings_and_the_hands(task):
    features = {"features": TINY | {"rotations": 4}}
    plain = fitted(task).extractor("photo")
    photos, hands = task.photos("seen"), [task.sketches("seen"), task.auxiliary[0].sketches]
    by_style = [plain(drawn(photos, style)) for style in STYLES]
    of_hands = np.concatenate([plain(each) for each in hands])
    both = np.concatenate([np.concatenate(by_style), of_hands])  # 48 each
    for choice, expected in (("both", both), ("drawings", both[:48]), ("hands", of_hands)):
        state = fitted(task, sketch_statistics=choice, **features).state_dict()
        np.testing.assert_allclose(state["scaling.sketch.mean"], expected.mean(axis=0), atol=1e-5)
        spread = expected.astype(np.float64).std(axis=0)
        np.testing.assert_allclose(state["scaling.sketch.scale"], spread.clip(min=0.2), rtol=1e-4)
        np.testing.assert_allclose(state["scaling.photo.mean"], plain(photos).mean(axis=0), atol=1e-5)
        np.testing.assert_allclose(state["scaling.canny.mean"], by_style[1].mean(axis=0), atol=1e-5)


def test_drawings_and_hands_count_alike_however_many_there_are(task):
    items = task.dataset.items | {"sketch": task.dataset.sketches.take(np.arange(8))}
    few = replace(task, auxiliary=(), dataset=replace(task.dataset, items=items))
    method = fitted(few, styles=["canny"])
    extractor = method.extractor("photo")
    on_drawings = extractor(drawn(few.photos("seen"), "canny"))[np.linspace(0, 23, 8).astype(int)]
    mean = np.concatenate([on_drawings, extractor(few.sketches("seen"))]).mean(axis=0)
    np.testing.assert_allclose(method.state_dict()["scaling.sketch.mean"], mean, atol=1e-5)


def test_a_data_set_without_hands_is_fitted_on_drawings(task):
    dataset = only_photos(shapes())
    method = fitted(shapes_task(dataset=dataset, auxiliary=(), machine_sketches=drawings(shapes())), tail=TAIL)
    assert score(method, task) > chance(task)


def test_nothing_to_measure_sketches_on_says_so(task):
    dataset = only_photos(task.dataset)
    for options in ({"styles": []}, {"styles": [], "sketch_statistics": "drawings"}):
        with pytest.raises(BadInputError, match="no sketches to measure"):
            fitted(replace(task, dataset=dataset, auxiliary=()), **options)


def test_what_does_not_exist_names_the_nearest(task):
    with pytest.raises(UnknownNameError, match=r"contuor[\s\S]*contour"):
        create("zseoc_plus", OPTIONS | {"styles": ["contuor"]})
    for option in ("apart", "leave_out"):
        with pytest.raises(UnknownNameError, match=r"rivver[\s\S]*river"):
            fitted(task, tail=TAIL | {option: ["rivver"]})
    with pytest.raises(BadInputError, match="block 14"):
        fitted(task, tail={})


def test_photos_without_pixels_cannot_be_drawn(task):
    method = fitted(task)
    gallery = method.extractor("photo").attach(task.gallery())
    with pytest.raises(BadInputError, match="pixels"):
        method.embed(replace(gallery, pixels=None))
    alone = fitted(task, drawing_weight=0.0)
    expected = alone.embed(gallery)
    assert torch.equal(torch.from_numpy(alone.embed(replace(gallery, pixels=None))), torch.from_numpy(expected))
