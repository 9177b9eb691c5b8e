from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.shapes import shapes, shapes_task
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save
from zsr_lib.models.tokens.layout import LayoutConfig
from zsr_lib.training.config import Run

TRUNK = {"width": 32, "depth": 1, "heads": 2, "hidden": 32, "patch": 8, "dropout": 0.0}
FROZEN = {"size": 32, "trunk": TRUNK, "frozen": True}
NAMES = ("red", "green", "blue", "near-infrared")
QUIET = Run(progress=False)


def with_infrared(items, names=NAMES):
    """The photo's pixels in another order of bands, with the mean of all colours as near-infrared."""
    pixels = np.concatenate([items.pixels, items.pixels.mean(axis=3, keepdims=True).astype(np.uint8)], axis=3)
    return replace(items, pixels=pixels[..., [NAMES.index(name) for name in names]], bands=names)


@pytest.fixture
def task():
    dataset = shapes()
    return shapes_task(dataset=replace(dataset, items={"photo": with_infrared(dataset.photos)}), auxiliary=())


def fitted(task, **options):
    method = create("spectral_vit", FROZEN | options)
    method.fit(task, QUIET)
    return method


def test_the_code_is_the_mean_of_the_patch_tokens(task):
    method = fitted(task)
    items = task.test_items("photo")
    with torch.no_grad():
        images = torch.from_numpy(items.pixels).permute(0, 3, 1, 2).float()
        mean, sd = (images_of(task).mean((0, 2, 3)), images_of(task).std((0, 2, 3), correction=0))
        standard = (images - mean[:, None, None]) / sd[:, None, None]
        wanted = method.net.trunks["photo"](standard)[:, 1:].mean(dim=1)
    np.testing.assert_allclose(method.embed(items), wanted.numpy(), rtol=1e-3, atol=1e-4)


def images_of(task):
    return torch.from_numpy(np.asarray(task.training_items("seen", "photo").pixels)).permute(0, 3, 1, 2).float()


def test_bands_find_their_places_by_name(task):
    """A network that is told another order gives the codes of one whose items come in that order."""
    order = ("near-infrared", "blue", "green", "red")
    told = fitted(task, layout={"photo": {"bands": order}})
    dataset = shapes()
    turned = shapes_task(dataset=replace(dataset, items={"photo": with_infrared(dataset.photos, order)}), auxiliary=())
    np.testing.assert_allclose(
        told.embed(task.test_items("photo")), fitted(turned).embed(turned.test_items("photo")), atol=1e-6
    )


def test_what_is_left_out_stands_at_its_mean(task):
    bare, items = fitted(task, without=("near-infrared",)), task.test_items("photo")
    noisy = items.pixels.copy()
    noisy[..., 3] = 255 - noisy[..., 3]
    np.testing.assert_array_equal(bare.embed(items), bare.embed(replace(items, pixels=noisy)))
    whole = fitted(task)
    assert (whole.embed(items) != whole.embed(replace(items, pixels=noisy))).any()


def test_photos_in_three_colours_fit_a_network_of_more_bands():
    method = fitted(shapes_task(auxiliary=()), layout={"photo": {"bands": (*NAMES, "short-wave infrared")}})
    prepared = method.prepared("photo", torch.zeros(2, 3, 32, 32))
    assert prepared.shape == (2, 5, 32, 32)
    assert not prepared[:, 3:].any()
    assert prepared[:, :3].all()


def test_statistics_may_come_as_data(task):
    layout = {"photo": {"bands": NAMES[::-1], "mean": (4.0, 3.0, 2.0, 1.0), "sd": (8.0, 6.0, 4.0, 2.0)}}
    method = fitted(task, layout=layout)
    assert method.bands["photo"].mean.tolist() == [1.0, 2.0, 3.0, 4.0]  # in the items' order
    assert method.bands["photo"].scale.tolist() == [2.0, 4.0, 6.0, 8.0]


def test_an_order_that_contradicts_the_names_is_refused_also_after_loading(task, tmp_path):
    save(fitted(task), tmp_path)
    items = shapes().photos
    with pytest.raises(BadInputError, match=r"blue, green, red, near-infrared, in another order than[\s\S]*that order"):
        load(tmp_path).embed(with_infrared(items, ("blue", "green", "red", "near-infrared")))
    with pytest.raises(BadInputError, match=r"red, green, blue, others than"):
        load(tmp_path).embed(items)


def test_bands_that_nobody_knows_are_refused(task):
    with pytest.raises(UnknownNameError, match="near-infrared"):
        fitted(task, without=("near-infrarred",))
    with pytest.raises(UnknownNameError, match="band of photo items"):
        fitted(task, layout={"photo": {"bands": ("red", "green", "blue", "nir")}})
    for wrong in ({"bands": ("red", "red")}, {"bands": ("red",), "mean": (1.0,)}):
        with pytest.raises(BadInputError, match="name every band once"):
            LayoutConfig(**wrong)


def test_training_draws_partners_or_classes_together():
    options = {"frozen": False, "training": {"steps": 30, "batch_size": 8, "learning_rate": 1e-3}}
    method = create("spectral_vit", FROZEN | options)
    history = method.fit(shapes_task(auxiliary=()), QUIET)
    losses = [step["contrastive"] for step in history.steps]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    assert create("spectral_vit", FROZEN | {"pairing": "pair"}).partners
