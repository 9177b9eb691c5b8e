import numpy as np
import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.trained import Sizes
from zsr_lib.models.registry import create
from zsr_lib.models.remote_sensing.legacy_zscmr import LegacyZscmrNet
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
OPTIONS = {
    "features": {"backbone": "hog", "size": 64},
    "finetune": None,
    "training": {"steps": 60, "batch_size": 64, "learning_rate": 0.01},
}


def test_it_is_labelled_as_legacy_and_ranks_by_the_sum_of_differences():
    method = create("legacy_zscmr")
    assert (method.legacy, method.distance) == (True, "l1")


def test_defaults_are_the_released_codes():
    config = create("legacy_zscmr").config
    assert (config.code_size, config.margin, config.dropout) == (300, 0.5, 0.5)
    assert (config.training.batch_size, config.training.learning_rate) == (128, 0.01)
    assert config.training.steps == pytest.approx(200 * 60_384 / 128, abs=1)
    assert config.finetune.classes == "all"


def test_the_total_weighs_its_terms_as_the_released_code_does(task):
    history = create("legacy_zscmr", OPTIONS).fit(task, QUIET)
    assert len(history.steps) == 60
    for row in history.steps:
        expected = 0.1 * row["triplet"] + 0.1 * row["photo classification"] + row["sketch classification"] + row["norm"]
        assert row["total"] == pytest.approx(expected, rel=1e-5)


def test_the_norm_term_takes_the_encoders_weights_and_nothing_else(task):
    one_step = OPTIONS | {"training": {"steps": 1, "batch_size": 16, "learning_rate": 1e-12}}
    method = create("legacy_zscmr", one_step)
    (row,) = method.fit(task, QUIET).steps
    norms = [
        np.sqrt((layer.weight.detach().numpy().astype(float) ** 2).sum()) for layer in method.net.encoders.values()
    ]
    assert row["norm"] == pytest.approx(sum(abs(norm - 1) for norm in norms), rel=1e-5)


def test_it_has_no_decoder_and_dropout_acts_in_training_only():
    net = LegacyZscmrNet(Sizes({"photo": 6, "sketch": 5}, 3), code_size=4, dropout=0.5)
    assert {name.split(".")[0] for name, _ in net.named_parameters()} == {"encoders", "classifiers"}
    features = torch.ones(50, 5)
    net.eval()
    codes = net.encode("sketch", features)
    torch.testing.assert_close(codes, codes[:1].expand_as(codes))  # rows of one product may differ in the last bits
    net.train()
    assert (net.encode("sketch", features) == 0).any()


def test_an_unknown_modality_is_refused():
    net = LegacyZscmrNet(Sizes({"photo": 6, "sketch": 5}, 3), code_size=4, dropout=0.5)
    with pytest.raises(BadInputError, match="sonar"):
        net.encode("sonar", torch.ones(1, 6))
