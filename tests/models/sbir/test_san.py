import pytest
import torch
from torch import nn

from tests.models.shapes import shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.trained import Sizes
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run


def test_its_maps_have_the_sizes_of_the_original():
    trunk, sides, maps = create("san").trunk(1), [], torch.zeros(1, 1, 225, 225)
    for layer in trunk:
        maps = layer(maps)
        if not isinstance(layer, nn.ReLU):
            sides.append(maps.shape[-1])
    assert sides == [71, 35, 31, 15, 15, 15, 15, 7]
    assert maps.shape == (1, 256, 7, 7)


def test_the_7_by_7_convolution_is_a_layer_of_as_many_weights():
    net = create("san").network(Sizes({"photo": 3, "sketch": 3}, 10))
    first, second = net.upper["photo"][0], net.upper["photo"][3]
    assert (first.in_features, first.out_features) == (256 * 7 * 7, 512)
    assert (second.in_features, second.out_features, net.classifier.out_features) == (512, 512, 10)


def test_on_features_it_names_the_seen_classes():
    task = shapes_task()
    options = {"features": {"backbone": "pixels", "size": 32}, "code_size": 64, "dropout": 0.2}
    method = create("san", options | {"training": {"steps": 60, "batch_size": 16}})
    method.fit(task, Run(progress=False))
    for items in (task.photos("seen"), task.sketches("seen")):
        guesses = method.net.classifier(torch.from_numpy(method.embed(items))).argmax(dim=1).numpy()
        assert (guesses == [task.seen.index(name) for name in items.class_names]).mean() > 0.9


def test_no_channels_are_refused():
    with pytest.raises(BadInputError, match="width"):
        create("san", {"width": 0.0})
