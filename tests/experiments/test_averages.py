from dataclasses import replace

import pytest

from zsr_lib.experiments.averages import Value, average, limit, row_label, sizes
from zsr_lib.reporting.claims import claim
from zsr_lib.reporting.executed import read_stated
from zsr_lib.reporting.run_record import read_record, write_record

AP = ("sketch→photo", "AP@all/std")


@pytest.fixture
def four(record):
    return [record(0.1, "a", 0), record(0.3, "a", 1), record(0.5, "b", 0), record(0.9, "b", 1)]


def test_both_spreads_by_hand(four):
    # Splits: 0.2 and 0.7; seeds: 0.3 and 0.6; sample sd of two numbers is their distance over the root of 2.
    value = average(four, ("a", "b"), *AP)
    assert value.mean == pytest.approx(0.45)
    assert value.sd_splits == pytest.approx(0.5 / 2**0.5)
    assert value.sd_seeds == pytest.approx(0.3 / 2**0.5)
    assert (value.seeds, value.splits) == (2, 2)


def test_the_order_of_the_records_does_not_matter(four):
    assert average(four, ("a", "b"), *AP) == average(four[::-1], ("b", "a"), *AP)


def test_one_of_each_has_no_spread(record):
    assert average([record(0.4)], ("a",), *AP) == Value(0.4, None, None, 1, 1)


def test_a_group_that_lacks_a_split_has_no_value(four):
    assert average(four[:2], ("a", "b"), *AP) is None
    assert average([], ("a",), *AP) is None


def test_a_seed_that_lacks_a_split_counts_for_the_mean_of_its_split_only(four):
    value = average(four[:3], ("a", "b"), *AP)
    assert value.mean == pytest.approx((0.2 + 0.5) / 2)
    assert (value.seeds, value.sd_seeds) == (1, None)


def test_other_splits_do_not_enter(four, record):
    assert average([*four, record(9.0, "c")], ("a", "b"), *AP) == average(four, ("a", "b"), *AP)


def test_an_undefined_number_is_no_number(record):
    assert average([record(None)], ("a",), *AP) is None


def test_limits_are_means_over_splits_whatever_the_number_of_seeds(four):
    assert limit(four[:3], ("a", "b"), *AP, "chance") == pytest.approx(0.3)
    assert limit(four, ("a", "b"), *AP, "oracle") == 1
    assert limit(four[:2], ("a", "b"), *AP, "chance") is None


def test_sizes_that_occur(four):
    assert sizes(four, ("a", "b"), "sketch→photo") == ([10], [40, 50])


def test_a_measure_is_averaged_like_a_metric(four):
    measured = [
        replace(each, measures={"best validation": number}) for each, number in zip(four, (1, 3, 5, 9), strict=True)
    ]
    assert average(measured, ("a", "b"), AP[0], "best validation").mean == 4.5
    assert average(four, ("a", "b"), AP[0], "seconds").mean == 1
    assert average([*measured[:2], *four[2:]], ("a", "b"), AP[0], "best validation") is None


def test_from_a_record_by_a_table_to_the_page(record, tmp_path, monkeypatch):
    """As a chapter does it; what `display` is given is what the executed notebook keeps."""
    import nbformat

    for seed in (0, 1):
        write_record(record(0.5 + seed / 4, seed=seed), tmp_path / f"a-seed{seed}")
    read = [read_record(tmp_path / f"a-seed{seed}") for seed in (0, 1)]
    value = average(read, ["a"], "sketch→photo", "AP@all/std")
    kept = []
    monkeypatch.setattr("IPython.display.display", lambda data, metadata, **how: kept.append((data, metadata)))
    claim("ap", value.mean - 0.125, tier="tight")
    outputs = [nbformat.v4.new_output("display_data", data, metadata=metadata) for data, metadata in kept]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=outputs)])
    nbformat.write(notebook, tmp_path / "01.ipynb")
    stated = read_stated(tmp_path / "01.ipynb")
    assert (stated.claims["ap"].value, stated.runs) == (0.5, {"ap": ("e/a-seed0", "e/a-seed1")})


def test_which_splits_were_asked_for_names_no_row(record):
    made = replace(record(0.5), point={"variant": "b"}, overrides=("groups={few: [a]}", "config.size=9", "splits=[a]"))
    assert row_label(made) == "b, config.size=9"
