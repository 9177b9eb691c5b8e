import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.training.history import History
from zsr_lib.viz.curves import loss_curves, running_mean, score_curves

HISTORY = History(
    steps=[
        {"step": step, "latent": 8.0 / step, "triplet": 2.0, "total": 8.0 / step + 2, "learning_rate": 0.1}
        for step in (1, 2, 3, 4)
    ]
)


@pytest.fixture
def axis():
    figure, axis = plt.subplots()
    yield axis
    plt.close(figure)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20), st.integers(1, 25))
def test_running_mean_is_the_mean_of_a_slice(values, window):
    slices = [np.mean(values[max(0, end - window) : end]) for end in range(1, len(values) + 1)]
    assert running_mean(values, window) == pytest.approx(slices, abs=1e-9)


def test_each_term_has_a_line_of_its_own_kind(axis):
    loss_curves(axis, HISTORY, window=1)
    lines = {line.get_label(): line for line in axis.get_lines()}
    assert list(lines) == ["latent", "triplet"]
    assert lines["latent"].get_ydata() == pytest.approx([8, 4, 8 / 3, 2])
    assert lines["latent"].get_linestyle() != lines["triplet"].get_linestyle()
    assert axis.get_yscale() == "log"


def test_chosen_terms_only(axis):
    loss_curves(axis, HISTORY, ["total"])
    assert [line.get_label() for line in axis.get_lines()] == ["total"]


def test_unknown_terms_and_empty_histories_are_refused(axis):
    with pytest.raises(UnknownNameError, match="latent"):
        loss_curves(axis, HISTORY, ["laten"])
    with pytest.raises(BadInputError):
        loss_curves(axis, History())


def test_scores_show_their_points(axis):
    score_curves(axis, {"seen": ([10, 20], [0.5, 0.6]), "unseen": ([10, 20], [0.5, 0.4])}, "AP")
    seen, unseen = axis.get_lines()
    assert seen.get_xydata().tolist() == [[10, 0.5], [20, 0.6]]
    assert (seen.get_marker(), axis.get_ylabel()) == ("o", "AP")
    assert seen.get_linestyle() != unseen.get_linestyle()
