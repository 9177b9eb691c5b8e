import statistics
from dataclasses import replace

import pytest

from zsr_lib.errors import BadInputError, ZsrError
from zsr_lib.reporting.bless import make_references, moves
from zsr_lib.reporting.executed import Claim, Stated
from zsr_lib.reporting.gate import verdict
from zsr_lib.reporting.references import load_references, save_references


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
    known = make_references(repeats, [run(mean=i / 100) for i in range(5)], {}, "why", None)
    assert known.claims["mean"].seeds == (0.0, 0.01, 0.02, 0.03, 0.04)


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
            "01", {f"ap{i}": Claim(f"ap{i}", 0.5 + shift * (1 if i == 3 else 5e-6), "tight") for i in range(20)}, {}, {}
        )
        for shift in (0.0, 0.02)
    ]
    known = make_references([here, there], [], {}, "why", None)
    assert known.claims["ap3"].tolerance == pytest.approx(0.2)
    assert known.claims["ap4"].tolerance == pytest.approx(1e-6)


def test_numbers_that_no_machine_moves_stay_narrow():
    here, there = [
        Stated("01", {f"ap{i}": Claim(f"ap{i}", 0.5 + shift, "tight") for i in range(3)}, {}, {})
        for shift in (0.0, 1e-12)
    ]
    known = make_references([here, there], [], {}, "why", None)
    assert known.claims["ap1"].tolerance == pytest.approx(5e-7)


def test_a_number_that_moves_further_than_its_tier_may_is_not_blessed():
    with pytest.raises(ZsrError, match="no tight number may"):
        make_references([run(ap=0.5), run(ap=0.54)], [], {}, "why", None)


def trained(value, queries=1000):
    return Stated("01", {"ap": Claim("ap", value, "trained")}, {}, {}, queries=queries)


def test_a_trained_number_may_move_by_four_times_its_spread_over_processors():
    known = make_references([trained(0.5), trained(0.5003), trained(0.4998)], [], {}, "why", None)
    assert known.claims["ap"].tolerance == pytest.approx(4 * 5e-4)


def test_a_trained_number_may_always_move_by_one_pair_of_ranks():
    known = make_references([trained(0.5)] * 9, [], {}, "why", None)
    assert known.claims["ap"].tolerance == pytest.approx(1 / (10 * 1000))


def test_a_training_that_is_not_portable_is_refused():
    with pytest.raises(ZsrError, match=r"'ap' moves by 0\.003 between processors, more than 0\.002"):
        make_references([trained(0.5), trained(0.503)], [], {}, "why", None)


def test_a_quarter_of_the_spread_over_seeds_is_the_bound_where_there_are_seeds():
    seeds = [trained(0.5 + shift) for shift in (-0.02, -0.01, 0.0, 0.01, 0.02)]
    known = make_references([trained(0.5), trained(0.503)], seeds, {}, "why", None)
    sd = statistics.stdev((-0.02, -0.01, 0.0, 0.01, 0.02))
    for sign in (-1, 1):
        assert verdict(Claim("ap", 0.5 + sign * 3 * sd, "trained"), known.claims["ap"]) == "drifted"
    with pytest.raises(ZsrError, match="a quarter of its spread over 5 seeds"):
        make_references([trained(0.5), trained(0.505)], seeds, {}, "why", None)


def test_a_trained_number_needs_to_know_how_many_queries_were_ranked():
    with pytest.raises(ZsrError, match="ranks nothing"):
        make_references([trained(0.5, queries=0)] * 2, [], {}, "why", None)


def test_what_moved_where_is_kept_with_the_references(tmp_path):
    here, there = run(ap=0.5, n=3), run(ap=0.5001, n=3)
    found = moves(here, {"nehalem": there, "zen": here})
    assert found["nehalem"] == {"moved": 1, "key": "ap", "by": pytest.approx(1e-4)}
    assert found["zen"]["moved"] == 0
    known = make_references([here, there], [], {"code": "c"}, "why", None, found)
    save_references(tmp_path / "01.yaml", known)
    assert load_references(tmp_path / "01.yaml") == replace(known, history=list(known.history))
