"""Small trainings in float64: what makes their numbers the same on every processor."""

import numpy as np
import pytest
import torch

from tests.models.conftest import HOG, QUIET
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save

TRAINING = {"steps": 20, "batch_size": 32}
SYSTEMS = {
    "zseoc": {"semantics": "attributes", "standardise": True},
    "cnn_baseline": {},
    "zscmr": {"semantics": "attributes", "learned_size": 16},
}


def fitted(task, name, precision, threads=1):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        options = SYSTEMS[name] | {"features": HOG, "training": TRAINING | {"precision": precision}}
        system = create(name, options)
        system.fit(task, QUIET)
        return system, system.embed(task.queries())
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("name", SYSTEMS)
def test_codes_are_those_of_float32_but_for_its_rounding(task, name, tmp_path):
    narrow, wide = (fitted(task, name, precision) for precision in ("float32", "float64"))
    assert {each.dtype for each in wide[0].net.parameters()} == {torch.float64}
    assert wide[1].dtype == np.float32
    np.testing.assert_allclose(wide[1], narrow[1], rtol=2e-2, atol=2e-3 * np.abs(narrow[1]).max())
    save(wide[0], tmp_path)
    np.testing.assert_array_equal(load(tmp_path).embed(task.queries()), wide[1])


def test_other_threads_change_less_than_float32_can_show(task):
    one, two = (fitted(task, "zseoc", "float64", threads)[1] for threads in (1, 2))
    np.testing.assert_allclose(one, two, rtol=1e-6, atol=1e-9)


def test_a_part_that_computes_in_float32_is_not_recorded_as_float64(task):
    tail = {"block": 2, "training": TRAINING | {"precision": "float64"}}
    system = create("zseoc_plus", {"features": {"backbone": "small_cnn"}, "tail": tail})
    with pytest.raises(BadInputError, match=r"training\.precision is float64, but"):
        system.fit(task, QUIET)
