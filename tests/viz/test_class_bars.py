import statistics

import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.viz.class_bars import class_bars

VALUES = {"bridge": [0.2, 0.4, 0.3], "airport": [0.5, 0.9, 0.1], "canal": [0.1, 0.1, 0.16]}
NAME = "AP@all/std"


def test_bars_are_means_sorted_from_the_best(axis):
    class_bars(axis, VALUES, NAME)
    assert [text.get_text() for text in axis.get_yticklabels()] == ["airport", "bridge", "canal"]
    np.testing.assert_allclose([bar.get_width() for bar in axis.patches], [0.5, 0.3, 0.12])
    assert axis.get_ylim()[0] > axis.get_ylim()[1]  # the first row is on top
    assert axis.get_xlabel() == NAME


def test_error_bars_are_sample_standard_deviations_over_seeds(axis):
    class_bars(axis, VALUES, NAME)
    (bars,) = axis.containers[1].lines[2]
    widths = [(right - left) / 2 for left, right in np.array(bars.get_segments())[..., 0]]
    assert widths == pytest.approx([statistics.stdev(VALUES[name]) for name in ("airport", "bridge", "canal")])


def test_one_seed_has_no_error_bar(axis):
    class_bars(axis, {"bridge": [0.4], "canal": [0.2]}, NAME)
    assert not axis.get_legend_handles_labels()[1]
    assert [bar.get_width() for bar in axis.patches] == [0.4, 0.2]


def test_chance_is_one_line_or_a_line_a_class(figure, axis):
    class_bars(axis, VALUES, NAME, chance=0.07)
    ends = np.array(axis.collections[-1].get_segments())
    assert set(ends[..., 0].ravel()) == {0.07}
    assert sorted(ends[..., 1].ravel()) == [-0.5, 0.5, 0.5, 1.5, 1.5, 2.5]
    axis.clear()
    class_bars(axis, VALUES, NAME, chance={"airport": 0.1, "bridge": 0.2, "canal": 0.3})
    assert np.array(axis.collections[-1].get_segments())[:, 0, 0].tolist() == [0.1, 0.2, 0.3]
    assert [text.get_text() for text in figure.legends[-1].get_texts()] == ["chance", "± sd over seeds"]


def test_equal_classes_stand_in_alphabetical_order(axis):
    class_bars(axis, {"b": [0.5], "a": [0.5]}, NAME)
    assert [text.get_text() for text in axis.get_yticklabels()] == ["a", "b"]


def test_it_can_be_read(figure, axis, readable):
    class_bars(axis, {f"mobile home park {number}": [0.1 * number] for number in range(8)}, NAME, 0.1)
    readable(figure)


@pytest.mark.parametrize(("values", "chance"), [({}, None), ({"a": []}, None), ({"a": [1.0]}, {"b": 0.1})])
def test_classes_without_a_number_are_refused(axis, values, chance):
    with pytest.raises(BadInputError):
        class_bars(axis, values, NAME, chance)
