import math

import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.models.tokens.attention import Attention, Layer


def of_loops(attention, query, key, value):
    """One picture's attention in plain Python: (T, D), and weights by head, query and key."""
    q, k, v = attention.query(query).tolist(), attention.key(key).tolist(), attention.value(value).tolist()
    size = len(q[0]) // attention.heads
    joined, weights = [[] for _ in q], []
    for head in range(attention.heads):
        part = slice(head * size, (head + 1) * size)
        weights.append([])
        for row, asked in enumerate(q):
            alike = [sum(a * b for a, b in zip(asked[part], other[part], strict=True)) for other in k]
            powers = [math.exp(each / math.sqrt(size)) for each in alike]
            shares = [power / sum(powers) for power in powers]
            weights[-1].append(shares)
            joined[row] += [sum(w * each[part][i] for w, each in zip(shares, v, strict=True)) for i in range(size)]
    return attention.out(torch.tensor(joined, dtype=query.dtype)), weights


@pytest.fixture
def draw():
    generator = torch.Generator().manual_seed(0)
    return lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)


@torch.no_grad()
def test_attention_is_what_loops_say(draw):
    attention = Attention(6, 2).double()
    query, key, value = draw(1, 3, 6), draw(1, 4, 6), draw(1, 4, 6)
    found, weights = attention(query, key, value)
    expected, shares = of_loops(attention, query[0], key[0], value[0])
    torch.testing.assert_close(found[0], expected)
    torch.testing.assert_close(weights[0], torch.tensor(shares, dtype=torch.float64))


@torch.no_grad()
def test_a_filtering_layer_keeps_the_most_looked_at_and_its_output(draw):
    """The same tokens as of a layer that keeps all, at the places the CLS token looks at most, in reading order."""
    whole = Layer(8, 2, 16, 0.0).double()
    some = Layer(8, 2, 16, 0.0, keep=0.5).double()
    some.load_state_dict(whole.state_dict())
    tokens = draw(3, 1 + 5, 8)
    everything, all_places, attention = whole(tokens)
    assert all_places.tolist() == [[0, 1, 2, 3, 4]] * 3
    found, places, again = some(tokens)
    assert torch.equal(attention, again)
    assert (found.shape, places.shape, some.kept_of(5)) == ((3, 1 + 3, 8), (3, 3), 3)
    for row in range(3):
        best = sorted(sorted(range(5), key=lambda place: -attention[row, place].item())[:3])
        assert places[row].tolist() == best
        torch.testing.assert_close(found[row], everything[row, [0, *(place + 1 for place in best)]])


@torch.no_grad()
@pytest.mark.parametrize("keep", [1.0, 0.5])
def test_in_the_released_form_a_filtering_layer_loses_its_output(draw, keep):
    """Changing what the attention makes of values changes nothing then, but for a layer that keeps all."""
    layer, tokens = Layer(8, 2, 16, 0.0, keep, loses_output=True).double(), draw(3, 6, 8)
    before, places, _ = layer(tokens)
    layer.attention.out.weight.mul_(-2)
    after, same, _ = layer(tokens)
    assert torch.equal(places, same)
    assert torch.equal(before, after) == (keep < 1)
    clean = Layer(8, 2, 16, 0.0, keep).double()
    clean.load_state_dict(layer.state_dict())
    assert torch.equal(clean(tokens)[0], after) == (keep == 1)


@torch.no_grad()
def test_of_tokens_that_are_looked_at_alike_the_first_stay():
    layer = Layer(4, 1, 8, 0.0, keep=0.5)
    _, places, attention = layer(torch.ones(1, 7, 4))
    assert attention.unique().numel() == 1
    assert places.tolist() == [[0, 1, 2]]


@pytest.mark.parametrize(
    ("count", "keep", "kept"),
    [(196, 0.9, 177), (177, 0.9, 160), (160, 0.9, 144), (10, 0.9, 9), (7, 1.0, 7), (16, 1e-9, 1)],
)
def test_it_keeps_as_many_as_the_parent_says(count, keep, kept):
    assert Layer(4, 1, 4, 0.0, keep).kept_of(count) == kept


def test_bad_options():
    with pytest.raises(BadInputError, match="3 heads cannot share a width of 8"):
        Attention(8, 3)
    for rate in (0.0, 1.5):
        with pytest.raises(BadInputError, match="keep rates above 0"):
            Layer(4, 1, 4, 0.0, rate)
