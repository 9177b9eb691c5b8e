"""What holds for every loss: its formula, gradients, precision, permutations, degenerate batches, bad input."""

import doctest
import importlib
import pkgutil

import pytest
import torch

import zsr_lib.losses
from tests.losses.cases import CASES
from zsr_lib.errors import BadInputError

EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
MODULES = [module.name for module in pkgutil.iter_modules(zsr_lib.losses.__path__)]


def tolerance(dtype):
    return 1e-5 if dtype == torch.float32 else 1e-9


@EACH
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equals_its_formula_and_keeps_the_type(case, dtype, draw, device):
    floats, indices = case.inputs(draw, device, dtype)
    value = case(*floats, *indices)
    assert value.dtype == dtype
    assert value.device.type == device
    assert value.item() == pytest.approx(case.expected(*floats, *indices), rel=tolerance(dtype))


@EACH
def test_gradients_are_those_of_the_value(case, draw):
    floats, indices = case.inputs(draw)
    assert torch.autograd.gradcheck(lambda *values: case(*values, *indices), floats)


@EACH
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_float32(case, dtype, draw, device):
    floats, indices = case.inputs(draw, device, dtype)
    value = case(*floats, *indices)
    value.backward()
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(case.expected(*floats, *indices), rel=1e-5)
    assert all(each.grad.dtype == dtype and each.grad.isfinite().all() for each in floats)


@EACH
def test_autocast_changes_nothing(case, draw, device):
    floats, indices = case.inputs(draw, device, torch.float32)
    with torch.autocast(device, dtype=torch.bfloat16):
        value = case(*floats, *indices)
    assert torch.equal(value, case(*floats, *indices))


@EACH
def test_the_order_of_rows_does_not_matter(case, draw):
    floats, indices = case.inputs(draw)
    rows = [len(each) for each in floats]
    order = {count: torch.randperm(count, generator=torch.Generator().manual_seed(1)) for count in rows}
    mixed = [each[order[len(each)]] for each in (*floats, *indices)]
    assert case(*mixed).item() == pytest.approx(case(*floats, *indices).item(), rel=1e-12)


@EACH
@pytest.mark.parametrize("rows", [1, 6])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_gradients_stay_finite_where_all_rows_are_equal(case, rows, value):
    floats = [torch.full((rows, shape[1]), value).requires_grad_() for shape in case.shapes]
    case(*floats, *(torch.tensor(each[:rows]) for each in case.indices)).backward()
    assert all(each.grad.isfinite().all() for each in floats)


@EACH
def test_a_broken_number_is_not_hidden(case, draw):
    floats, indices = case.inputs(draw)
    floats[0].data[0, 0] = torch.nan
    assert case(*floats, *indices).isnan()


@EACH
@pytest.mark.parametrize(
    "break_it", [torch.Tensor.long, lambda x: x[:0], torch.Tensor.tolist], ids=["int", "empty", "list"]
)
def test_what_is_no_batch_of_numbers_is_refused(case, break_it, draw):
    floats, indices = case.inputs(draw)
    for position in range(len(floats)):
        broken = list(floats)
        broken[position] = break_it(floats[position].detach())
        with pytest.raises(BadInputError):
            case(*broken, *indices)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if len(case.shapes) > 1 and not case.as_list])
@pytest.mark.parametrize("cut", [lambda x: x[:4], lambda x: x[:, :2], lambda x: x[0]], ids=["rows", "columns", "flat"])
def test_shapes_that_would_broadcast_are_refused(name, cut, draw):
    floats, indices = CASES[name].inputs(draw)
    for position in range(len(floats)):
        broken = list(floats)
        broken[position] = cut(floats[position])
        with pytest.raises(BadInputError, match="shape"):
            CASES[name](*broken, *indices)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings(name):
    assert doctest.testmod(importlib.import_module(f"zsr_lib.losses.{name}")).failed == 0
