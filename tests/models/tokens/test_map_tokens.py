import numpy as np
import pytest
import torch

from tests.models.shapes import TINY, shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.token_maps import rest_of_maps, with_tokens
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save
from zsr_lib.training.config import Run

UNTRAINED = {"steps": 1, "batch_size": 8, "learning_rate": 1e-12, "precision": "float64"}
OPTIONS = {"features": TINY, "block": 2, "hidden": 16, "reduced": 8, "training": UNTRAINED}


@pytest.fixture(autouse=True)
def _cache(monkeypatch, session_cache):
    monkeypatch.setenv("ZSR_CACHE", str(session_cache))


@pytest.fixture(scope="module")
def task():
    return shapes_task()


def fitted(task, **options):
    made = create("map_tokens", OPTIONS | options)
    made.fit(task, Run(progress=False))
    return made


def test_a_token_is_what_the_map_has_at_its_place():
    """The cut backbone, the rest and a mean over places are the whole backbone."""
    backbone = make_backbone(FeaturesConfig(**TINY))
    cut, rest = with_tokens(backbone, 2), rest_of_maps(backbone, 2)
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        rows = cut.module(images)
        maps = rows.unflatten(1, (8, 8, 32)).permute(0, 3, 1, 2)  # (N, places · C) → (N, C, 8, 8)
        torch.testing.assert_close(rest(maps).mean(dim=(2, 3)), backbone.module(images))
    assert (rows.shape[1], cut.dimension) == (8 * 8 * 32, 8 * 8 * 32)


@pytest.mark.parametrize("keep", [[], [1.0], [0.5, 0.5]])
def test_before_training_codes_are_the_standardised_features(task, keep):
    """In all of their directions, cosines are the same whether anything is filtered or not."""
    made, plain = fitted(task, width=128, keep=keep), create("standardised", {"features": TINY})
    plain.fit(task, Run(progress=False))
    for items in (task.queries(), task.gallery()):
        both = [each.embed(items) for each in (made, plain)]
        mine, theirs = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in both)
        np.testing.assert_allclose(mine @ mine.T, theirs @ theirs.T, atol=1e-3)


def test_filtering_drops_tokens_and_the_mean_of_all_is_the_code(task):
    whole, some = fitted(task, width=16), fitted(task, width=16, keep=[0.5])
    assert (whole.tokens(task.gallery()).shape, some.tokens(task.gallery()).shape) == ((12, 1 + 4, 16), (12, 1 + 2, 16))
    tokens = whole.tokens(task.gallery())
    np.testing.assert_allclose(tokens[:, 0], tokens[:, 1:].mean(axis=1), atol=1e-4)


def test_it_trains_its_layers_and_not_its_backbone(task):
    made = fitted(task, width=16, training=UNTRAINED | {"steps": 5, "learning_rate": 1e-2})
    rest = rest_of_maps(make_backbone(FeaturesConfig(**TINY)), 2)
    for name, value in rest.state_dict().items():
        assert torch.equal(made.stem.rest.state_dict()[name], value.double()), name
    assert made.net.trunk.layers[0].attention.out.weight.abs().max() > 0
    assert made.net.head is not None


def test_another_backbone_is_noticed_when_it_is_loaded(task, tmp_path, monkeypatch):
    save(fitted(task, width=16), tmp_path)
    load(tmp_path)
    other = make_backbone(FeaturesConfig(**TINY, seed=1))
    monkeypatch.setattr("zsr_lib.models.tokens.map_tokens.make_backbone", lambda config: other)
    with pytest.raises(BadInputError, match="not the one that this system was fitted with"):
        load(tmp_path)


def test_bad_options(task):
    with pytest.raises(BadInputError, match="a token of 128 numbers has no 500 directions"):
        fitted(task, width=500)
    with pytest.raises(BadInputError, match=r"rotations is 8[\s\S]*rotations: 1"):
        fitted(task, features=TINY | {"rotations": 8})
    with pytest.raises(BadInputError, match="backbones of their own"):
        fitted(task, features=TINY | {"by": {"sketch": TINY | {"seed": 7}}})
    with pytest.raises(BadInputError, match=r"cannot be split"):
        fitted(task, block=9)
