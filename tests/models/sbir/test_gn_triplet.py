import pytest
import torch

from tests.models.conftest import chance, score
from tests.models.shapes import shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.models.sbir.gn_triplet import INNER, Tapped
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
SMALL = {"size": 32, "backbone": "small_cnn", "augment": False}
FEATURES = {"features": {"backbone": "pixels", "size": 32}}
TRAINING = {"training": {"steps": 40, "batch_size": 16}}


@pytest.mark.parametrize(("name", "width"), [("googlenet", 1024), ("small_cnn", 128)])
def test_a_backbone_gives_the_averaged_maps_of_its_inner_blocks_while_it_is_trained(name, width):
    net, pictures = Tapped(name), torch.randn(2, 3, 64, 64)
    assert net.train()(pictures).shape == (2, width)
    inner = net.take()
    assert [each.shape for each in inner] == [(2, channels) for channels in INNER[name].values()]
    assert net.take() == []
    net.eval()(pictures)
    assert net.take() == []


@pytest.mark.parametrize("pairs", ["triplet", "contrastive"])
def test_on_pixels_it_learns_and_inner_losses_count(pairs):
    method = create("gn_triplet", SMALL | TRAINING | {"pairs": pairs})
    history = method.fit(shapes_task(), QUIET)
    terms = ("classification", "pairs", "inner pairs 1", "inner pairs 2")
    assert set(terms) < set(history.steps[0])
    assert history.curve("classification")[1][-1] < 0.5 * history.curve("classification")[1][0]
    assert score(method, shapes_task()) > chance(shapes_task())


def test_on_features_there_are_no_inner_maps_and_unseen_classes_are_ranked():
    method = create("gn_triplet", FEATURES | TRAINING)
    history = method.fit(shapes_task(), QUIET)
    assert set(history.steps[0]) == {"step", "classification", "pairs", "total", "learning_rate"}
    assert score(method, shapes_task()) > chance(shapes_task()) + 0.1


def test_without_weight_no_inner_head_is_made():
    method = create("gn_triplet", SMALL | {"training": {"steps": 1, "batch_size": 4}, "inner_weight": 0.0})
    method.fit(shapes_task(), QUIET)
    assert len(method.net.inner) == 0
    assert method.net.lower["photo"][0][1].take() == []


def test_pictures_of_other_bands_and_no_outputs_are_refused():
    with pytest.raises(BadInputError, match=r"3 bands, not 1[\s\S]*features"):
        create("gn_triplet").trunk(1)
    with pytest.raises(BadInputError, match="triplet_size is 0"):
        create("gn_triplet", {"triplet_size": 0})
    with pytest.raises(BadInputError, match="margin is -1"):
        create("gn_triplet", {"margin": -1.0})
