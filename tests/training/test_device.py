from typing import NamedTuple

import pytest
import torch

from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.device import placed, uses_bf16

META = torch.device("meta")
"""A device that every machine has and that is not the CPU."""


class Pair(NamedTuple):
    rows: torch.Tensor
    name: str


def test_tensors_move_wherever_they_are():
    found = placed({"a": [torch.ones(1), (torch.ones(2), 3)], "b": Pair(torch.ones(3), "x")}, META)
    assert found["a"][0].device == found["a"][1][0].device == found["b"].rows.device == META
    assert found["a"][1][1] == 3
    assert isinstance(found["b"], Pair)
    assert found["b"].name == "x"


def test_what_is_no_tensor_stays():
    thing = object()
    assert placed(thing, META) is thing


@pytest.mark.parametrize(
    ("precision", "device", "expected"),
    [
        ("auto", "cpu", False),
        ("auto", "cuda", True),
        ("float32", "cuda", False),
        ("bf16", "cpu", True),
    ],
)
def test_precision(precision, device, expected):
    assert uses_bf16(TrainingConfig(precision=precision), torch.device(device)) == expected
