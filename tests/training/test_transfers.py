import numpy as np
import pytest
import torch
from torch import nn

from tests.training.transfers import META, Transfers
from zsr_lib.data.items import ItemSet
from zsr_lib.features.preprocess import Preprocess
from zsr_lib.training.augment import PhotoAugmentation, SketchAugmentation
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.loop import CHECK_EVERY, train
from zsr_lib.training.sampling import ClassPairs
from zsr_lib.training.sources import PixelTable


def counted(steps, **options):
    """Transfers of `steps` steps of a network on a table of features."""
    table = torch.randn(40, 5).to("meta")
    net = nn.Sequential(nn.Linear(5, 6), nn.Dropout(0.5), nn.Linear(6, 4)).to("meta")
    labels = np.arange(40) % 4
    batches = ClassPairs({"photo": labels, "sketch": labels}, 8)

    def losses(batch):
        found = net(table[batch.own["photo"]]) - net(table[batch.own["sketch"]])
        return {
            "near": found.square().mean(),
            "name": nn.functional.cross_entropy(net(table[batch.other["photo"]]), batch.other_labels),
        }

    with Transfers() as transfers:
        history = train(net, batches, losses, TrainingConfig(steps=steps, **options), META)
    assert len(history.steps) == steps
    return transfers.there, transfers.back


@pytest.mark.parametrize("options", [{}, {"clip": 1.0, "optimizer": "sgd", "schedule": "cosine", "warmup": 2}])
def test_a_step_has_one_transfer_and_none_back(options):
    few, many = counted(CHECK_EVERY, **options), counted(3 * CHECK_EVERY, **options)
    assert np.subtract(many, few).tolist() == [2 * CHECK_EVERY, 2]


@pytest.mark.parametrize("wait", [lambda x: x.sum().item(), lambda x: x[x > 0], lambda x: bool((x > 0).all())])
def test_the_counter_notices_what_waits_for_the_device(wait):
    with Transfers() as transfers:
        there = torch.ones(3).to("meta")
        assert there.tolist() == [1.0, 1.0, 1.0]
        assert (transfers.there, transfers.back) == (1, 1)
        with pytest.raises((RuntimeError, NotImplementedError)):
            wait(there)


@pytest.mark.parametrize("augmentation", [PhotoAugmentation(), SketchAugmentation()])
def test_pixels_are_changed_on_the_device_without_waiting(augmentation):
    pixels = np.random.default_rng(0).integers(0, 256, (9, 16, 16, 3), dtype=np.uint8)
    items = ItemSet(np.arange(9).astype(str), np.zeros(9, dtype=np.int64), ("a",), "photo", "camera", pixels)
    with Transfers() as transfers:
        images = PixelTable(items, "meta", augmentation).take(np.arange(9), 4)
        Preprocess(16, 20).prepared(images)
    assert images.device.type == "meta"
    assert (transfers.back, transfers.there > 0) == (0, True)
