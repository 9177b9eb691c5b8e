import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.models.zssbir.conditional import ConditionalEncoder

SIZES = {"photo": 32, "sketch": 32}


def encoder(**options):
    torch.manual_seed(0)
    return ConditionalEncoder(SIZES, 5, **options)


def test_it_starts_as_its_linear_layer():
    made, features = encoder(), torch.rand(4, 32)
    torch.testing.assert_close(made("photo", features), made.project(features))
    torch.testing.assert_close(made("sketch", features), made.project(features))


@pytest.mark.parametrize("told", [True, False])
def test_once_it_has_learned_only_a_flag_tells_modalities_apart(told):
    made, features = encoder(told=told), torch.rand(4, 32)
    torch.nn.init.normal_(made.excite.weight)
    codes = [made(name, features) for name in SIZES]
    assert torch.equal(*codes) != told


def test_the_gate_by_hand():
    made = ConditionalEncoder({"photo": 1, "sketch": 1}, 1, reduction=1)
    values = {
        "squeeze.weight": 2.0,
        "squeeze.bias": 1.0,
        "excite.bias": 0.5,
        "project.weight": 3.0,
        "project.bias": 0.0,
    }
    for name, value in values.items():
        made.get_parameter(name).data.fill_(value)
    made.excite.weight.data = torch.tensor([[0.25, -1.0, 1.0]])
    gates = [2 * torch.tensor(0.5 + 0.25 * 5 + flag).sigmoid() for flag in (-1.0, 1.0)]  # relu(2 · 2 + 1) = 5
    for name, gate in zip(SIZES, gates, strict=True):
        torch.testing.assert_close(made(name, torch.tensor([[2.0]]))[0, 0], 3 * 2 * gate)


@pytest.mark.parametrize(("sizes", "reduction"), [({"photo": 3, "sketch": 4}, 1), (SIZES, 0)])
def test_what_cannot_be_built_is_refused(sizes, reduction):
    with pytest.raises(BadInputError, match=r"one backbone for all|1 or more"):
        ConditionalEncoder(sizes, 5, reduction)


def test_a_modality_that_it_was_not_built_for_is_refused():
    with pytest.raises(BadInputError, match="sonar"):
        encoder()("sonar", torch.rand(4, 32))
