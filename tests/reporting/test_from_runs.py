import copy
import json
import math
from statistics import mean

import numpy as np
import pytest

from zsr_lib.reporting.from_runs import FromRuns, runs_of

A, B = FromRuns(0.75, ["e/a"]), FromRuns(0.5, ["e/b"])


@pytest.mark.parametrize(
    ("made", "value", "runs"),
    [
        (A - B, 0.25, ("e/a", "e/b")),
        (B + A + B, 1.75, ("e/b", "e/a")),
        (1 - A, 0.25, ("e/a",)),
        (2.0 * A / B, 3.0, ("e/a", "e/b")),
        (abs(-A), 0.75, ("e/a",)),
        (sum([A, B]), 1.25, ("e/a", "e/b")),
    ],
)
def test_what_follows_from_numbers_remembers_their_runs(made, value, runs):
    assert (made, made.runs) == (value, runs)


def test_otherwise_it_is_a_number():
    assert json.dumps([A]) == "[0.75]"
    assert (f"{A:.1f}", repr(A), mean([A, B]), math.sqrt(FromRuns(4.0))) == ("0.8", "0.75", 0.625, 2.0)
    assert np.asarray([A, B]).dtype == np.float64
    assert copy.deepcopy(A).runs == ("e/a",)
    assert A.__add__("x") is NotImplemented
    assert runs_of(0.5, None, "x") == ()
