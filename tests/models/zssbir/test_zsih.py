import math

import numpy as np
import pytest
import torch

from tests.models.shapes import shapes_task
from tests.models.zssbir.common import fitted
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.registry import create
from zsr_lib.models.zssbir.zsih import kronecker, neighbourhood, stochastic_bits

SMALL = {"bits": 16, "width": 12, "fused": 4, "semantics": "random"}


def draw(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_the_product_holds_every_number_times_every_other():
    first, second = draw(3, 4), draw(3, 5)
    for row, made in enumerate(kronecker(first, second)):
        np.testing.assert_allclose(made, np.kron(first[row], second[row]))


def test_the_graph_is_what_a_loop_over_pairs_makes():
    vectors = draw(5, 3)
    weights = [[math.exp(-(math.dist(a, b) ** 2) / 0.8) for b in vectors.tolist()] for a in vectors.tolist()]
    degrees = [math.fsum(row) for row in weights]
    expected = [[weights[i][j] / math.sqrt(degrees[i] * degrees[j]) for j in range(5)] for i in range(5)]
    np.testing.assert_allclose(neighbourhood(vectors, 0.8), expected)


def test_items_of_one_class_among_strangers_share_what_they_have():
    vectors = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(neighbourhood(vectors, 0.01), [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]], atol=1e-12)


def test_bits_are_drawn_as_often_as_their_chance_and_have_the_sigmoids_gradient():
    logits = torch.tensor([-1.0, 0.0, 2.0], dtype=torch.float64, requires_grad=True)
    thresholds = torch.rand(20_000, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    bits = stochastic_bits(logits.expand(20_000, 3), thresholds)
    assert set(bits.detach().unique().round(decimals=12).tolist()) == {0.0, 1.0}
    torch.testing.assert_close(bits.detach().mean(dim=0), logits.detach().sigmoid(), rtol=0, atol=0.015)
    (gradient,) = torch.autograd.grad(stochastic_bits(logits, thresholds[0]).sum(), logits)
    chances = logits.detach().sigmoid()
    torch.testing.assert_close(gradient, chances * (1 - chances))


def test_what_is_packed_are_chances_above_a_half():
    method, _ = fitted("zsih", **SMALL)
    items = shapes_task().queries()
    chances = method.encoded(items, "encode")
    assert method.embed(items).shape == (len(items), 2)
    np.testing.assert_array_equal(np.unpackbits(method.embed(items), axis=1), chances > 0.5)


def test_encoders_learn_the_bits_of_the_third_network():
    _, history = fitted("zsih", training={"steps": 200, "learning_rate": 5e-3}, **SMALL | {"standardise": True})
    _, agreement = history.curve("agreement")
    assert np.mean(agreement[-20:]) < 0.6 * np.mean(agreement[:5])


@pytest.mark.parametrize(("option", "says"), [({"bits": 12}, "multiple of 8"), ({"spread": 0.0}, "above 0")])
def test_what_cannot_be_is_refused(option, says):
    with pytest.raises(BadInputError, match=says):
        create("zsih", option)


def test_classes_without_vectors_are_named():
    with pytest.raises(UnknownNameError, match="bar"):
        fitted("zsih", **SMALL | {"semantics": "attributes"})
