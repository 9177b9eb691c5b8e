import pytest
import torch

from zsr_lib.devices import device_of
from zsr_lib.errors import BadInputError


@pytest.mark.parametrize("name", ["cpv", "cuda:99", ""])
def test_a_device_that_is_not_there_is_refused(name):
    with pytest.raises(BadInputError, match=f"'{name}'") as caught:
        device_of(name)
    assert "cpu" in caught.value.remedy


def test_the_cpu_is_there_and_computes_in_double_precision():
    assert device_of("cpu", torch.float64) == torch.device("cpu")
