import statistics

import pytest
import torch

from tests.models.tokens.test_attention import of_loops
from zsr_lib.errors import BadInputError
from zsr_lib.models.tokens.cross import Branch, CrossAttention, CrossConfig, StdNorm

QUIET = CrossConfig(heads=2, hidden=5, dropout=0.0)


@pytest.fixture
def pair():
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(2, 3, 6, generator=generator, dtype=torch.float64) for _ in range(2)]


@torch.no_grad()
@pytest.mark.parametrize("value", ["own", "other"])
def test_a_branch_asks_the_others_keys_and_takes_these_values(pair, value):
    """Row by row: attention by loops, added and normed, perceptron, added and normed."""
    branch = Branch(6, CrossConfig(heads=2, hidden=5, value=value, dropout=0.0)).double()
    own, other = pair
    found, weights = branch(own, other)
    for row in range(2):
        values = own[row] if value == "own" else other[row]
        attended, shares = of_loops(branch.attention, own[row], other[row], values)
        torch.testing.assert_close(weights[row], torch.tensor(shares, dtype=torch.float64))
        first = branch.norm(own[row] + attended)
        torch.testing.assert_close(found[row], branch.norm_2(first + branch.perceptron(first)))


@torch.no_grad()
def test_both_branches_start_from_what_the_tokens_were(pair):
    cross = CrossAttention(6, QUIET).double()
    sketch, photo = cross(*pair)
    assert torch.equal(sketch, cross.sketch(pair[0], pair[1])[0])
    assert torch.equal(photo, cross.photo(pair[1], pair[0])[0])


@torch.no_grad()
def test_exchanged_keys_pair_values_by_place_and_exchanged_values_do_not(pair):
    """The other picture's tokens in another order: with keys alone another result, with keys and values the same."""
    turned = pair[1].flip(1)
    for value, same in (("own", False), ("other", True)):
        branch = Branch(6, CrossConfig(heads=2, hidden=5, value=value, dropout=0.0)).double()
        one, two = branch(pair[0], pair[1])[0], branch(pair[0], turned)[0]
        assert torch.allclose(one, two) == same


@torch.no_grad()
def test_keys_alone_need_as_many_tokens_on_both_sides(pair):
    few = pair[1][:, :2]
    with pytest.raises(BadInputError, match=r"3 tokens cannot exchange keys with 2[\s\S]*cross.value: other"):
        CrossAttention(6, QUIET).double()(pair[0], few)
    usual = CrossAttention(6, CrossConfig(heads=2, hidden=5, value="other")).double()
    assert [each.shape[1] for each in usual(pair[0], few)] == [3, 2]


def test_the_norm_divides_by_the_unbiased_spread_plus_epsilon():
    values = [1.0, 2.0, 4.0, 9.0]
    found = StdNorm(4, 0.5).double()(torch.tensor([values], dtype=torch.float64))
    centre, spread = statistics.fmean(values), statistics.stdev(values)
    assert found[0].tolist() == pytest.approx([(each - centre) / (spread + 0.5) for each in values])


def test_the_norm_of_equal_numbers_is_nothing_and_has_a_gradient():
    flat = torch.ones(1, 4).requires_grad_()
    normed = StdNorm(4)(flat)
    normed.sum().backward()
    assert normed.tolist() == [[0, 0, 0, 0]]
    assert flat.grad.isfinite().all()
