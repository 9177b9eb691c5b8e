import pytest
import torch
from torch.nn.functional import cosine_similarity

from zsr_lib.models.tokens.relation import Relation, best_matches


@pytest.fixture
def pair():
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(2, 16, 6, generator=generator, dtype=torch.float64) for _ in range(2)]


def test_its_size_is_the_parents():
    """196 tokens → 49 → 2401 cosines → 343 → 49 → 1."""
    head = Relation(196, 8, 4)
    layers = [layer for layer in head.perceptron if isinstance(layer, torch.nn.Linear)]
    widths = [(layer.in_features, layer.out_features) for layer in layers]
    assert widths == [(2401, 343), (343, 49), (49, 1)]
    assert head.reduce.weight.shape == (4, 8, 2, 2)


@torch.no_grad()
def test_cosines_are_those_of_neighbourhoods(pair):
    """4 × 4 tokens: reduced token 1 is made of places 2, 3, 6 and 7."""
    head = Relation(16, 6, 3).double().eval()
    found = head.cosines(*pair)
    assert found.shape == (2, 4, 4)
    kernel = head.reduce.weight.flatten(2)  # (3, 6, 4)
    one = sum(kernel[..., i] @ pair[0][0, place] for i, place in enumerate((2, 3, 6, 7))) + head.reduce.bias
    other = sum(kernel[..., i] @ pair[1][0, place] for i, place in enumerate((8, 9, 12, 13))) + head.reduce.bias
    torch.testing.assert_close(found[0, 1, 2], cosine_similarity(one, other, dim=0))


@torch.no_grad()
@pytest.mark.parametrize(("tokens", "whole", "count"), [(16, True, 4), (16, False, 16), (15, True, 15), (9, True, 9)])
def test_tokens_of_no_whole_map_are_reduced_one_by_one(pair, tokens, whole, count):
    head = Relation(tokens, 6, 3, whole).double().eval()
    cut = [each[:, :tokens] for each in pair]
    assert head.cosines(*cut).shape == (2, count, count)
    scores = head(*cut)
    assert scores.shape == (2,)
    assert ((scores > 0) & (scores < 1)).all()


@torch.no_grad()
def test_best_matches_by_loops(pair):
    found = best_matches(*pair)
    for row in range(2):
        best = [max(float(cosine_similarity(a, b, dim=0)) for b in pair[1][row]) for a in pair[0][row]]
        assert found[row].item() == pytest.approx(sum(best) / len(best))


@torch.no_grad()
def test_what_is_the_same_matches_best_in_any_order(pair):
    turned = pair[0].flip(1)
    torch.testing.assert_close(best_matches(pair[0], turned), torch.ones(2, dtype=torch.float64))
    assert (best_matches(*pair) < 1).all()
