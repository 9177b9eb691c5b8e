import pytest

from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError, UnknownNameError
from zsr_lib.experiments.reading import find_experiment, point_text, read_plan


def settled(path, *arguments, **keywords):
    return [point.experiment for point in read_plan(path, *arguments, **keywords).points]


def test_a_profile_is_laid_over_the_rest(write):
    path = write(profiles={"full": {"config": {"steps": 9}, "seeds": [0, 1, 2]}})
    assert settled(path)[0].config == {"noise": 0.5}
    assert read_plan(path).profile == ""
    assert read_plan(path, "full").profile == "full"
    full = settled(path, "full")[0]
    assert full.config == {"noise": 0.5, "steps": 9}
    assert full.seeds == (0, 1, 2)


def test_assignments_are_stronger_than_profile_variant_and_grid(write):
    path = write(
        profiles={"quick": {"config": {"steps": 1}}},
        variants={"a": {"config": {"steps": 2}}},
        grid={"config.noise": [0.1, 0.2]},
    )
    plan = read_plan(path, "quick", ["config.steps=7", "data.size=16"])
    assert [point.experiment.config for point in plan.points] == [{"noise": n, "steps": 7} for n in (0.1, 0.2)]
    assert {point.experiment.data.size for point in plan.points} == {16}


def test_seeds_replace_those_of_the_file(write):
    assert settled(write(), "quick", (), [5])[0].seeds == (5,)


def test_variants_times_grid_in_the_order_of_the_file(write):
    path = write(
        variants={"b": {"config": {"steps": 2}}, "a": None}, grid={"config.noise": [0, 1], "data.size": [8, 9]}
    )
    plan = read_plan(path)
    labels = [tuple(point.label.values()) for point in plan.points]
    assert labels == [(name, n, size) for name in "ba" for n in (0, 1) for size in (8, 9)]
    assert plan.points[0].experiment.config == {"noise": 0, "steps": 2}
    assert point_text(plan.points[1].label) == "b, noise=0, data.size=9"


def test_another_method_starts_from_its_own_defaults_and_keeps_the_features(write):
    features = {"backbone": "hog", "size": 32}
    path = write(
        method="frozen",
        config={"features": features},
        variants={
            "frozen": {},
            "sae": {"method": "sae", "config": {"weight": 2.0}},
            "larger": {"method": "sae", "config": {"features": {"size": 64}}},
            "colour": {"method": "colour"},
        },
    )
    configs = [experiment.config for experiment in settled(path)]
    assert configs == [
        {"features": features},
        {"features": features, "weight": 2.0},
        {"features": features | {"size": 64}},
        {},
    ]
    path = write(method="sae", config={"features": features, "weight": 2.0}, variants={"a": {"method": "frozen"}})
    assert settled(path)[0].config == {"features": features}
    path = write(method="sae", config={"features": features, "weight": 2.0})
    for assignments in (["method=frozen"], ["grid={method: [frozen]}"]):
        assert settled(path, "quick", assignments)[0].config == {"features": features}
    (assigned,) = settled(path, "quick", ["method=frozen", "config.features.size=16"])
    assert assigned.config == {"features": features | {"size": 16}}
    with pytest.raises(UnknownNameError, match="did you mean frozen"):
        settled(path, "quick", ["method=frosen"])


def test_a_grid_can_be_assigned(write):
    assert len(read_plan(write(), "quick", ["grid={config.noise: [0, 1, 2]}"]).points) == 3


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"metod": "colour"}, "method"),
        ({"data": {"datset": "eoc"}}, "dataset"),
        ({"profiles": {"quik": {}}}, "quick"),
        ({"variants": {"a": {"sede": [1]}}}, "seeds"),
        ({"published": [{"value": 1, "metric": "mAP", "sources": "x"}]}, "source"),
    ],
)
def test_a_misspelled_key_gets_the_nearest(write, changes, named):
    with pytest.raises(UnknownNameError, match=f"did you mean .*{named}"):
        read_plan(write(**changes))


@pytest.mark.parametrize("changes", [{"grid": {"config.noise": 1}}, {"grid": {"config.noise": []}}, {"variants": [1]}])
def test_grids_and_variants_of_another_shape_are_refused(write, changes):
    with pytest.raises(BadInputError):
        read_plan(write(**changes))


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [", "", "\x00"])
def test_a_file_that_is_no_mapping_is_named(tmp_path, text):
    path = tmp_path / "odd.yaml"
    path.write_text(text)
    with pytest.raises(BadFileError, match=r"odd\.yaml"):
        read_plan(path)


def test_bare_names_are_looked_up_here_first_and_then_in_the_project(write, tmp_path, monkeypatch):
    assert find_experiment("quick-frozen").is_file()
    (tmp_path / "experiments").mkdir()
    here = write("experiments/quick-frozen")
    monkeypatch.chdir(tmp_path)
    assert find_experiment("quick-frozen").resolve() == here.resolve()
    assert find_experiment(str(here)) == here
    with pytest.raises(UnknownNameError, match="did you mean quick-frozen"):
        find_experiment("quick-frosen")
    with pytest.raises(DataNotFoundError):
        find_experiment("nowhere/a.yaml")
