import numpy as np
import pytest
import torch
from torch import nn

from tests.models.shapes import TINY
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.tail import Tail
from zsr_lib.models.tuning.domains import Domain, Draw
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
        return Domain(f"own {modality}", "own", maps, np.array(labels), 1, modality)

    return [domain("photo", [0, 0, 1]), domain("sketch", [1, 0, 5]), domain("photo", [1])]


def said(tail, classifier, domain):
    """(N, C) probabilities of the mean over both views, straight from the definition."""
    with torch.no_grad():
        views = [classifier(tail(torch.from_numpy(domain.maps[:, view]).float())).softmax(dim=1) for view in (0, 1)]
    return (views[0] + views[1]) / 2


def whole(domain, place):
    rows = np.arange(len(domain.labels))
    return Draw(place, rows, np.zeros_like(rows), domain.labels)


def test_photos_keep_their_own_and_sketches_get_those_of_their_classes_photos(tail, classifier, domains):
    first, sketches, second = (said(tail, classifier, domain) for domain in domains)
    of_class = {0: first[:2].mean(dim=0), 1: torch.cat([first[2:], second]).mean(dim=0), 5: sketches[2]}
    expected = [first, torch.stack([of_class[1], of_class[0], of_class[5]]), second]
    knowledge = Knowledge(classifier, tail, domains, "cpu")
    for place, (domain, teacher) in enumerate(zip(domains, expected, strict=True)):
        features = torch.randn(len(teacher), 128, generator=torch.Generator().manual_seed(place))
        logits = classifier(features).log_softmax(dim=1)
        loss = nn.functional.kl_div(logits, teacher, reduction="batchmean")
        torch.testing.assert_close(knowledge(features, [whole(domain, place)]), loss, rtol=1e-4, atol=1e-5)


def test_its_classifier_is_trained_and_the_given_one_is_not(tail, classifier, domains):
    before = classifier.weight.clone()
    knowledge = Knowledge(classifier, tail, domains, "cpu")
    optimiser = torch.optim.SGD(knowledge.parameters(), lr=0.5)
    batch = [whole(domain, place) for place, domain in enumerate(domains)]
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
