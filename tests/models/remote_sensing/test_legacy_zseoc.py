import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.trained import Sizes
from zsr_lib.models.registry import create
from zsr_lib.models.remote_sensing.legacy_zseoc import LegacyZseocNet
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
OPTIONS = {
    "features": {"backbone": "hog", "size": 64},
    "finetune": None,
    "training": {"steps": 40, "batch_size": 64},
}


def test_it_is_labelled_as_legacy():
    assert create("legacy_zseoc").legacy


def test_the_total_is_the_plain_sum_of_four_terms(task):
    method = create("legacy_zseoc", OPTIONS)
    history = method.fit(task, QUIET)
    terms = ("triplet", "latent", "classification", "reconstruction")
    for row in history.steps:
        assert row["total"] == pytest.approx(sum(row[term] for term in terms), rel=1e-5)


def test_only_the_decoder_of_positives_ends_in_a_relu():
    net = LegacyZseocNet(Sizes({"photo": 6, "sketch": 6}, 3), code_size=4, dropout=0.5)
    codes = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
    assert (net.decoders["positive"](codes) >= 0).all()
    assert (net.decoders["anchor"](codes) < 0).any()


def test_features_of_different_sizes_are_refused():
    with pytest.raises(BadInputError, match="one backbone"):
        LegacyZseocNet(Sizes({"photo": 6, "sketch": 5}, 3), code_size=4, dropout=0.5)
