import pytest

from zsr_lib.errors import BadInputError, UnknownNameError


def test_one_cell_for_each_setting_split_and_seed(cells):
    made = cells(grid={"config.steps": [1, 2]})
    assert len(made) == 2 * 3 * 2
    assert str(made[1]) == "colours (steps=1), eoc-sample-4-airplane-seen, seed 1"
    assert [cell.setting["config"]["steps"] for cell in made] == [1] * 6 + [2] * 6


def test_defaults_are_spelled_out_so_that_writing_one_changes_nothing(cells):
    first, second = cells()[0], cells(config={"noise": 0.5, "steps": 4, "leak": ""})[0]
    assert first.setting["config"] == {"steps": 4, "noise": 0.5, "leak": ""}
    assert first.variant == second.variant
    assert first.folder_name({"eoc": "a"}) == second.folder_name({"eoc": "a"})


def test_folders_differ_by_setting_split_seed_and_data_but_not_by_titles(cells):
    made = [
        *cells(),
        *cells(config={"noise": 0.6}),
        *cells(metrics=["Acc@1"]),
        *cells(data={"dataset": "eoc", "size": 9}),
    ]
    names = {cell.folder_name({"eoc": data}) for cell in made for data in "ab"}
    assert len(names) == 2 * len(made)
    assert cells(title="other", published=[])[0].folder_name({"eoc": "a"}) in names


def test_wrong_options_are_found_before_anything_runs(cells):
    with pytest.raises(UnknownNameError, match="did you mean steps"):
        cells(config={"step": 1})
    with pytest.raises(BadInputError, match="whole number"):
        cells(grid={"config.steps": [1, "many"]})
    with pytest.raises(UnknownNameError, match="did you mean colour"):
        cells(method="color")


@pytest.mark.parametrize("text", ["1e-4", "1E-04", "0.0001"])
def test_an_exponent_without_a_dot_is_a_number_everywhere(cells, text):
    assigned = cells(assignments=[f"config.noise={text}"])[0]
    assert assigned.setting["config"]["noise"] == 1e-4
    assert cells(config={"noise": text if "e" in text.lower() else 1e-4})[0].variant == assigned.variant
