from dataclasses import dataclass, field
from typing import Literal

import pytest

from zsr_lib.configs import added, build, merge, override, plain
from zsr_lib.errors import BadInputError, UnknownNameError


@dataclass(frozen=True)
class Inner:
    steps: int = 3
    rate: float = 0.5


@dataclass(frozen=True)
class Outer:
    name: str
    kind: Literal["adam", "sgd"] = "adam"
    inner: Inner = field(default_factory=Inner)
    sizes: tuple[int, ...] = ()
    limit: float | None = None
    choice: int | tuple[str, ...] | None = None
    named: dict[str, float] = field(default_factory=dict)
    on: bool = False


FULL = {
    "name": "x",
    "kind": "sgd",
    "inner": {"steps": 4, "rate": 1},
    "sizes": [1, 2],
    "limit": 2,
    "choice": ["a", "b"],
    "named": {"a": 1},
    "on": True,
}


def test_all_kinds_of_fields_are_built():
    made = build(Outer, FULL)
    assert made == Outer("x", "sgd", Inner(4, 1.0), (1, 2), 2.0, ("a", "b"), {"a": 1.0}, True)
    assert isinstance(made.inner.rate, float)
    assert isinstance(made.limit, float)


def test_plain_values_build_the_same_again():
    made = build(Outer, FULL)
    assert build(Outer, plain(made)) == made


def test_an_added_option_leaves_older_settings_as_they_were():
    @dataclass(frozen=True)
    class Grown:
        steps: int = 3
        precision: str | None = added(None)

    assert plain(Grown()) == {"steps": 3}
    assert plain(Grown(precision="float64")) == {"steps": 3, "precision": "float64"}
    assert build(Grown, plain(Grown(4, "float64"))) == Grown(4, "float64")


def test_what_is_not_given_keeps_its_default():
    assert build(Outer, {"name": "y", "limit": None}) == Outer("y")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": "x", "kid": "adam"}, "did you mean kind"),
        ({"name": "x", "kind": "adma"}, "did you mean adam"),
        ({"name": "x", "inner": {"step": 1}}, "did you mean steps"),
    ],
)
def test_an_unknown_name_names_the_nearest(values, message):
    with pytest.raises(UnknownNameError, match=message):
        build(Outer, values)


@pytest.mark.parametrize(
    "values",
    [
        {"name": 3},
        {"name": "x", "inner": {"steps": 1.5}},
        {"name": "x", "inner": {"steps": True}},
        {"name": "x", "inner": {"rate": "fast"}},
        {"name": "x", "inner": 3},
        {"name": "x", "on": 1},
        {"name": "x", "sizes": 3},
        {"name": "x", "named": [1]},
        {},
        [1],
    ],
)
def test_a_wrong_type_is_refused(values):
    with pytest.raises(BadInputError):
        build(Outer, values)


def test_assignments_reach_inner_values_and_leave_the_original():
    values = {"inner": {"steps": 1}, "name": "x"}
    changed = override(values, ["inner.steps=7", "inner.rate=0.1", "sizes=[3]", "limit=null"])
    assert changed == {"inner": {"steps": 7, "rate": 0.1}, "name": "x", "sizes": [3], "limit": None}
    assert values == {"inner": {"steps": 1}, "name": "x"}


@pytest.mark.parametrize("assignment", ["steps", "=3", "name.deeper=1", "a=[1"])
def test_a_malformed_assignment_is_refused(assignment):
    with pytest.raises(BadInputError):
        override({"name": "x"}, [assignment])


def test_merging_goes_mapping_by_mapping():
    base = {"a": {"b": 1, "c": 2}, "d": [1]}
    assert merge(base, {"a": {"c": 3}, "d": [2]}) == {"a": {"b": 1, "c": 3}, "d": [2]}
