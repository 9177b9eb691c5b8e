from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.shapes import shapes_task
from tests.models.zssbir.common import FEATURES, TRAINING, fitted
from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.pool import pool_of
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save
from zsr_lib.training.config import Run

SMALL = {"latent": 4, "widths": [24, 16], "draws": 7, "dropout": 0.0}


@pytest.fixture(scope="module")
def method():
    return fitted("cvae", **SMALL)[0]


def test_photos_stay_what_they_are(method):
    photos = shapes_task().gallery()
    np.testing.assert_array_equal(method.embed(photos), method.features_of(photos))


def test_a_sketch_becomes_the_mean_of_photos_imagined_one_by_one(method):
    sketches = shapes_task().queries().take([0, 4])
    features = torch.from_numpy(method.features_of(sketches)).double()
    net = method.net
    with torch.no_grad():
        imagined = [[net.decoder(torch.cat([draw, sketch])) for draw in net.draws] for sketch in features]
    assert len(net.draws) == 7
    expected = np.array([torch.stack(each).mean(dim=0).numpy() for each in imagined])
    np.testing.assert_allclose(method.embed(sketches), expected, rtol=1e-6)
    assert (expected >= 0).all()  # as features after a ReLU are


def test_latent_codes_are_bounded_as_in_the_release(method):
    first, second = (torch.full((3, 64), 100.0, dtype=torch.float64) for _ in range(2))
    for half in method.net.posterior(first, second):
        assert half.shape == (3, 4)
        assert half.abs().max() <= 1


def test_the_terms_are_those_of_the_release(method):
    """At weights that do not move: means over entries of squared errors, a sum over latent ones of the divergence."""
    draw = torch.Generator().manual_seed(0)
    photo, sketch = (torch.rand(5, 64, generator=draw, dtype=torch.float64) for _ in range(2))
    batch = FakeBatch(photo=photo, sketch=sketch)
    torch.manual_seed(3)
    terms = {name: value.item() for name, value in method.loss(batch).items()}
    torch.manual_seed(3)
    net = method.net
    mean, log_variance = torch.tanh(net.encoder(torch.cat([photo, sketch], dim=1))).split(4, dim=1)
    latent = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
    imagined = net.decoder(torch.cat([latent, sketch], dim=1))
    divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum() / 5
    assert terms["photo"] == pytest.approx(((imagined - photo) ** 2).sum().item() / 320)
    assert terms["sketch"] == pytest.approx(10 * ((net.back(imagined) - sketch) ** 2).sum().item() / 320)
    assert terms["divergence"] == pytest.approx(divergence.item())


def test_without_its_price_a_latent_code_says_more():
    """The divergence falls to nothing where it costs, and does not where it is free."""
    ends = {}
    for weight in (0.0, 1.0):
        method, _ = fitted("cvae", training={"steps": 150, "learning_rate": 3e-3}, **SMALL | {"divergence": weight})
        task = shapes_task()
        both = (
            torch.from_numpy(method.features_of(each)).double() for each in (task.photos("seen"), task.sketches("seen"))
        )
        mean, _ = method.net.posterior(*both)
        ends[weight] = mean.square().mean().item()
    assert ends[1.0] < 0.1 * ends[0.0]


def test_a_sketchs_code_comes_back_from_disk(method, tmp_path):
    save(method, tmp_path)
    queries = shapes_task().queries()
    np.testing.assert_array_equal(load(tmp_path).embed(queries), method.embed(queries))


def test_another_seed_draws_other_latent_codes(method):
    other, _ = fitted("cvae", run=Run(seed=1, progress=False), **SMALL)
    assert (other.net.draws - method.net.draws).abs().max() > 0.1


@pytest.mark.parametrize("option", [{"latent": 0}, {"draws": 0}, {"widths": [16, 0]}])
def test_sizes_below_one_are_refused(option):
    with pytest.raises(BadInputError, match="1 or more"):
        create("cvae", option)


def test_partners_are_paired_where_asked_for_and_named_by_the_data():
    options = FEATURES | SMALL | {"pairs": "partners", "training": TRAINING}
    task = shapes_task()
    with pytest.raises(BadInputError, match="names a partner"):
        create("cvae", options).fit(task)
    photos, sketches = task.dataset.photos, task.dataset.sketches
    partners = replace(sketches, pairs=photos.ids[np.roll(np.arange(36).reshape(6, 6), 2, axis=1).ravel()])
    pool = pool_of(shapes_task(dataset=replace(task.dataset, items={"photo": photos, "sketch": partners})))
    rows = create("cvae", options).batches(pool, 0)(0).own
    drawn = pool.items["sketch"].take(rows["sketch"])
    assert len(drawn) == TRAINING["batch_size"]
    np.testing.assert_array_equal(pool.items["photo"].ids[rows["photo"]], drawn.pairs)


class FakeBatch(dict):
    """Inputs by modality."""

    def __init__(self, **inputs):
        super().__init__(inputs)
        self.labels = torch.arange(len(next(iter(inputs.values())))) % 2
