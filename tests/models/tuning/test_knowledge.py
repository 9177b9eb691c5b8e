import numpy as np
import pytest
import torch
from torch import nn

from tests.features.conftest import items_of
from tests.models.shapes import TINY
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.maps import Maps
from zsr_lib.features.tail import Tail
from zsr_lib.models.tuning.domains import Domain, MapInputs, Source
from zsr_lib.models.tuning.knowledge import Knowledge

BLOCK = 1


@pytest.fixture(scope="module")
def tail():
    return Tail(make_backbone(FeaturesConfig(**TINY)), BLOCK)


@pytest.fixture(scope="module")
def classifier():
    torch.manual_seed(0)
    return nn.Linear(128, 9)


@pytest.fixture(scope="module")
def domains(tail):
    dice = np.random.default_rng(0)
    channels = next(tail.parameters()).shape[1]

    def domain(modality, labels):
        maps = dice.normal(size=(len(labels), 2, channels, 8, 8)).astype(np.float16)
        items = items_of(np.zeros((len(labels), 8, 8, 3), np.uint8), modality)
        return Domain(Source("own", items, None, 1), MapInputs(Maps(maps, ""), "cpu"), np.array(labels))

    return [domain("photo", [0, 0, 1]), domain("sketch", [1, 0, 5]), domain("photo", [1])]


def said(tail, classifier, domain):
    """(N, C) probabilities of the mean over both views, straight from the definition."""
    everything = np.arange(len(domain.labels))
    with torch.no_grad():
        views = [classifier(tail(domain.inputs.at(everything, view))).softmax(dim=1) for view in (0, 1)]
    return (views[0] + views[1]) / 2


def asked(classifier, tail, domains):
    knowledge = Knowledge(classifier)
    knowledge.ask(tail, domains)
    return knowledge


def whole(domains, place=None):
    """All rows of one domain, or of all."""
    none = torch.arange(0)
    return [torch.arange(len(each.labels)) if place in (None, own) else none for own, each in enumerate(domains)]


def test_photos_keep_their_own_and_sketches_get_those_of_their_classes_photos(tail, classifier, domains):
    first, sketches, second = (said(tail, classifier, domain) for domain in domains)
    of_class = {0: first[:2].mean(dim=0), 1: torch.cat([first[2:], second]).mean(dim=0), 5: sketches[2]}
    expected = [first, torch.stack([of_class[1], of_class[0], of_class[5]]), second]
    knowledge = asked(classifier, tail, domains)
    for place, teacher in enumerate(expected):
        features = torch.randn(len(teacher), 128, generator=torch.Generator().manual_seed(place))
        logits = classifier(features).log_softmax(dim=1)
        loss = nn.functional.kl_div(logits, teacher, reduction="batchmean")
        torch.testing.assert_close(knowledge(features, whole(domains, place)), loss, rtol=1e-4, atol=1e-5)


def test_its_classifier_is_trained_and_the_given_one_is_not(tail, classifier, domains):
    before = classifier.weight.clone()
    knowledge = asked(classifier, tail, domains)
    optimiser = torch.optim.SGD(knowledge.parameters(), lr=0.5)
    batch = whole(domains)
    features = torch.randn(7, 128, generator=torch.Generator().manual_seed(1))
    losses = []
    for _ in range(30):
        loss = knowledge(features, batch)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert losses[-1] < losses[0] / 2
    assert torch.equal(classifier.weight, before)
    assert {name for name, _ in knowledge.named_parameters()} == {"head.weight", "head.bias"}
