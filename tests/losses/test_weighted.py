import math

import pytest
import torch

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.losses.weighted import WeightedSum


def never():
    raise AssertionError("a term without weight was computed")


@pytest.fixture
def code():
    return torch.tensor([1.0, 2.0], requires_grad=True)


def test_terms_are_logged_raw_and_summed_with_their_weights(code):
    terms = WeightedSum({"a": 2.0, "b": 0.5})(a=lambda: code.sum(), b=lambda: code.square().sum())
    assert {name: term.item() for name, term in terms.items()} == {"a": 3, "b": 5, "total": 8.5}
    terms["total"].backward()
    assert code.grad.tolist() == [2 + 0.5 * 2, 2 + 0.5 * 4]


def test_only_the_total_holds_the_graph(code):
    terms = WeightedSum({"a": 2.0})(a=lambda: code.sum())
    assert {name: term.requires_grad for name, term in terms.items()} == {"a": False, "total": True}


def test_weight_zero_is_not_computed_and_not_logged(code):
    terms = WeightedSum({"a": 0, "b": 1})(a=never, b=lambda: code.sum())
    assert list(terms) == ["b", "total"]


def test_the_order_of_weights_does_not_change_the_bits(code):
    scales = torch.rand(50, generator=torch.Generator().manual_seed(0)).tolist()
    weights = {f"term{index}": scale for index, scale in enumerate(scales)}
    terms = {name: lambda scale=scale: scale * code.sum() for name, scale in weights.items()}
    backwards = dict(reversed(weights.items()))
    assert torch.equal(WeightedSum(weights)(**terms)["total"], WeightedSum(backwards)(**terms)["total"])


def test_one_broken_term_breaks_the_total_and_is_named(code):
    terms = WeightedSum({"a": 1.0, "b": 1.0})(a=lambda: code.sum() * math.nan, b=lambda: code.sum())
    assert {name for name, term in terms.items() if term.isnan()} == {"a", "total"}


def test_names_must_agree(code):
    total = WeightedSum({"latent": 1.0, "triplet": 0.0})
    with pytest.raises(UnknownNameError, match="did you mean triplet"):
        total(latent=never, triplets=never)
    with pytest.raises(UnknownNameError, match="loss weight 'triplet'"):
        total(latent=never)


@pytest.mark.parametrize("term", [lambda: torch.ones(2), lambda: torch.ones(1), lambda: 3.0, lambda: None])
def test_a_term_is_a_scalar_tensor(term):
    with pytest.raises(BadInputError, match="loss term 'a'"):
        WeightedSum({"a": 1.0})(a=term)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"a": -1.0}, "the weight of loss 'a' is -1"),
        ({"a": math.nan}, "nan"),
        ({"total": 1.0}, "'total'"),
        ({"a": 0.0}, "every loss is switched off"),
        ({}, "every loss is switched off"),
    ],
)
def test_weights_that_cannot_be_right(weights, message):
    with pytest.raises(BadInputError, match=message):
        WeightedSum(weights)
