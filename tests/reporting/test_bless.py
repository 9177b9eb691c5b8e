import pytest

from zsr_lib.errors import BadInputError, ZsrError
from zsr_lib.reporting.bless import make_references
from zsr_lib.reporting.claims import Claim
from zsr_lib.reporting.executed import Stated


def run(**values):
    tiers = {"n": "exact", "ap": "tight", "mean": "statistical"}
    return Stated("01", {key: Claim(key, value, tiers[key]) for key, value in values.items()}, {}, {})


def test_a_tolerance_is_measured_from_repeats():
    known = make_references([run(ap=0.5), run(ap=0.5001)], [], {}, "why", None)
    assert known.claims["ap"].claim.value == 0.5
    assert known.claims["ap"].tolerance == pytest.approx(1e-3)


def test_a_number_that_repeats_gets_the_floor_of_float32():
    assert make_references([run(ap=0.5)] * 2, [], {}, "why", None).claims["ap"].tolerance == pytest.approx(5e-7)


def test_an_exact_number_must_repeat():
    with pytest.raises(ZsrError, match="repeated runs gave"):
        make_references([run(n=3), run(n=4)], [], {}, "why", None)


def test_a_statistical_number_needs_five_seeds():
    repeats = [run(mean=0.5)] * 2
    with pytest.raises(ZsrError, match="has 4 seeds"):
        make_references(repeats, [run(mean=0.1 * i) for i in range(4)], {}, "why", None)
    known = make_references(repeats, [run(mean=float(i)) for i in range(5)], {}, "why", None)
    assert known.claims["mean"].seeds == (0.0, 1.0, 2.0, 3.0, 4.0)


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_changes(reason):
    with pytest.raises(BadInputError, match="only for a reason"):
        make_references([run(n=1)] * 2, [], {}, reason, None)


def test_reasons_add_up():
    first = make_references([run(n=1)] * 2, [], {}, "first", None)
    second = make_references([run(n=2)] * 2, [], {}, "second", first)
    assert [entry["reason"] for entry in second.history] == ["first", "second"]


@pytest.mark.parametrize("value", ["nan", float("nan")])
def test_what_is_not_a_number_is_not_blessed(value):
    with pytest.raises(ZsrError, match="is not a number"):
        make_references([run(ap=value)] * 2, [], {}, "why", None)


def test_repeats_must_state_the_same_numbers():
    with pytest.raises(ZsrError, match="do not state the same numbers"):
        make_references([run(n=1), run(n=1, ap=0.5)], [], {}, "why", None)


def test_a_number_that_happened_to_repeat_gets_what_its_chapter_usually_moves_by():
    here, there = [
        Stated("01", {f"ap{i}": Claim(f"ap{i}", 0.5 + i / 100 + shift * (i != 3), "tight") for i in range(10)}, {}, {})
        for shift in (0.0, 1e-5)
    ]
    known = make_references([here, there], [], {}, "why", None)
    assert known.claims["ap3"].tolerance == pytest.approx(1e-4)


def test_one_restless_number_does_not_loosen_the_others():
    here, there = [
        Stated(
            "01", {f"ap{i}": Claim(f"ap{i}", 0.5 + shift * (1 if i == 3 else 1e-6), "tight") for i in range(20)}, {}, {}
        )
        for shift in (0.0, 0.1)
    ]
    known = make_references([here, there], [], {}, "why", None)
    assert known.claims["ap3"].tolerance == pytest.approx(1.0)
    assert known.claims["ap4"].tolerance == pytest.approx(1e-6)


def test_numbers_that_no_machine_moves_stay_narrow():
    here, there = [
        Stated("01", {f"ap{i}": Claim(f"ap{i}", 0.5 + shift, "tight") for i in range(3)}, {}, {})
        for shift in (0.0, 1e-12)
    ]
    known = make_references([here, there], [], {}, "why", None)
    assert known.claims["ap1"].tolerance == pytest.approx(5e-7)
