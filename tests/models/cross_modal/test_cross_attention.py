from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.shapes import shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.pool import pool_of
from zsr_lib.models.bases.trained import Batch
from zsr_lib.models.cross_modal.cross_attention import AttentionLosses
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
SMALL = {"size": 32, "code_size": 16, "stage_one": {"steps": 10, "batch_size": 16}}
SMALL |= {"training": {"steps": 20, "batch_size": 16}}


@pytest.fixture(scope="module")
def task():
    return shapes_task()


@pytest.fixture(scope="module")
def fitted(task):
    method = create("cross_attention", SMALL)
    method.fit(task, QUIET)
    return method


def batch_of(method, task):
    pool = pool_of(task)
    tables = {items.modality: method.table(items, QUIET) for items in pool}
    rows = method.batches(pool, 0)(0)
    own, other = ({name: torch.from_numpy(each) for name, each in side.items()} for side in (rows.own, rows.other))
    return Batch(tables, rows._replace(own=own, other=other, number=torch.from_numpy(rows.number)))


def test_a_mask_lies_between_nothing_and_all_and_needs_no_partner(fitted, task):
    photos = task.gallery()
    masks = fitted.masks(photos)
    assert masks.shape == (12, 1, 4, 4)
    assert 0 < masks.min() < masks.max() < 1
    torch.testing.assert_close(fitted.masks(photos.take([5])), masks[[5]])


def test_a_code_is_that_of_the_map_looked_at_through_the_own_mask(fitted, task):
    photos, net = task.gallery(), fitted.net
    with torch.no_grad():
        maps = net.stage_one["photo"].maps(fitted.as_input("photo", photos.pixels))
        seen = maps * (1 + fitted.masks(photos))
        code = torch.relu(net.encoders["photo"](net.stage_one["photo"].last(seen)))
    np.testing.assert_allclose(fitted.embed(photos), code.numpy(), rtol=1e-4, atol=1e-5)


def test_with_masks_of_nothing_it_is_cmir_net(task):
    """Masks that are 0 everywhere change no map, so that both systems have the same terms, twice."""
    both = {name: create(name, SMALL) for name in ("cmir_net_pixels", "cross_attention")}
    for method in both.values():
        method.fit(task, QUIET)
    plain, attention = both.values()
    attention.net.load_state_dict(plain.net.state_dict(), strict=False)
    attention.bands.load_state_dict(plain.bands.state_dict())
    for masks in (attention.net.own, attention.net.lent):
        for each in masks.values():
            torch.nn.init.zeros_(each.weight)
            torch.nn.init.constant_(each.bias, -50.0)
    plain._fixed = attention._fixed = {}  # not what the networks made before
    with torch.no_grad():
        one, other = (method.loss(batch_of(method, task)) for method in both.values())
    assert other["mask"].item() == pytest.approx(0, abs=1e-12)
    for name in plain.config.losses.__dataclass_fields__:
        assert other[name].item() == pytest.approx(one[name].item(), rel=1e-4), name
    np.testing.assert_allclose(attention.embed(task.gallery()), plain.embed(task.gallery()), rtol=1e-4, atol=1e-5)


def test_a_partner_lends_its_mask_and_the_own_one_follows(fitted, task):
    """A sketch's map moves the photo's terms; what draws the own mask does not move the lent one."""
    batch = batch_of(fitted, task)
    net = fitted.net
    for part in net.parameters():
        part.grad = None
    fitted.loss(batch)["total"].backward()
    assert all(each.weight.grad.abs().max() > 0 for masks in (net.own, net.lent) for each in masks.values())
    only_mask = AttentionLosses(latent=0.0, classification=0.0, code_norm=0.0, reconstruction=0.0, norm=0.0)
    config = replace(fitted.config, losses=only_mask)
    alone = create("cross_attention", SMALL)
    alone.config, alone.net, alone._targets, alone._fixed = config, net, fitted._targets, fitted._fixed
    for part in net.parameters():
        part.grad = None
    alone.loss(batch)["total"].backward()
    assert all(each.weight.grad.abs().max() > 0 for each in net.own.values())
    assert all(each.weight.grad is None or each.weight.grad.abs().max() == 0 for each in net.lent.values())


def test_other_bands_and_other_modalities_are_refused(fitted, task):
    photos = task.gallery()
    with pytest.raises(BadInputError, match="1 bands; 'cross_attention' was fitted on 3 bands"):
        fitted.masks(replace(photos, pixels=photos.pixels[..., :1]))
    with pytest.raises(BadInputError, match="no encoder for modality 'sar'"):
        fitted.masks(replace(photos, modality="sar"))
