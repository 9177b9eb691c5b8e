"""The gate must turn red for each of these, and must stay green for the others."""

import math
import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from zsr_lib.reporting.executed import Claim, Stated
from zsr_lib.reporting.gate import SPREAD, WIDEST, check, verdict, width
from zsr_lib.reporting.references import Reference, References, load_references

REPORTED = Path(__file__).parents[2] / "reported"
PROVENANCE = {"code": {"commit": "c"}, "data": {"eoc": "aa"}, "device": "CPU", "threads": 2,
              "versions": {"numpy": "2"}, "date": "2026-01-01"}  # fmt: skip
SEEDS = (0.50, 0.52, 0.49, 0.51, 0.48)
COUNT = Reference(Claim("count", 14, "exact"))
TIGHT = Reference(Claim("ap", 0.5, "tight", metric="AP@all/std"), tolerance=1e-6)
TRAINED = Reference(Claim("learned", 0.5, "trained", metric="AP@all/std"), tolerance=4e-4)
SPREADING = Reference(Claim("mean", 0.5, "statistical"), seeds=SEEDS)


def references(*listed, provenance=PROVENANCE):
    return References({reference.claim.key: reference for reference in listed}, provenance)


def stated(*claims, data=None):
    return Stated("01_chapter", {claim.key: claim for claim in claims}, {"eoc": "aa"} if data is None else data, {})


def verdicts(now, known):
    return {row.key: row.verdict for row in check(now, known)}


@pytest.mark.parametrize("reference", [COUNT, TIGHT, TRAINED, SPREADING])
def test_the_same_number_passes(reference):
    assert verdict(reference.claim, reference) == "pass"


@pytest.mark.parametrize(
    ("reference", "value"),
    [(COUNT, 15), (COUNT, 14.0), (TIGHT, 0.5 + 2e-6), (TIGHT, 0.49), (TRAINED, 0.501),
     (SPREADING, 0.5 + 3 * statistics.stdev(SEEDS)),
     (SPREADING, 0.5 - 3 * statistics.stdev(SEEDS))],
)  # fmt: skip
def test_a_drifted_number_is_red(reference, value):
    assert verdict(replace(reference.claim, value=value), reference).startswith("drifted")


@pytest.mark.parametrize(
    ("reference", "value"),
    [(TIGHT, 0.5 + 5e-7), (TRAINED, 0.5003), (SPREADING, 0.5 + 1e-7), (SPREADING, 0.5 + 2 * statistics.stdev(SEEDS))],
)
def test_last_digit_noise_is_green(reference, value):
    assert verdict(replace(reference.claim, value=value), reference) == "pass"


@pytest.mark.parametrize("reported", SEEDS)
def test_three_sd_are_red_whichever_seed_was_reported(reported):
    reference = Reference(Claim("mean", reported, "statistical"), seeds=SEEDS)
    for sign in (-1, 1):
        moved = replace(reference.claim, value=reported + sign * 3 * statistics.stdev(SEEDS))
        assert verdict(moved, reference) == "drifted"


@pytest.mark.parametrize("seeds", [(), (0.5,), SEEDS[:4]])
def test_a_statistical_reference_with_too_few_seeds_is_red(seeds):
    assert "fewer than 5 seeds" in verdict(SPREADING.claim, replace(SPREADING, seeds=seeds))


def test_the_spread_is_taken_from_the_seeds():
    edge = SPREADING.claim.value + SPREAD * statistics.stdev(SEEDS)
    assert verdict(replace(SPREADING.claim, value=edge - 1e-9), SPREADING) == "pass"
    assert verdict(replace(SPREADING.claim, value=edge + 1e-9), SPREADING) == "drifted"


@pytest.mark.parametrize("value", [math.nan, math.inf, "nan", "-inf"])
def test_nan_and_infinity_are_red_even_if_they_were_blessed(value):
    reference = Reference(Claim("ap", value, "tight"), tolerance=1.0)
    assert verdict(reference.claim, reference) == "not a number"


def test_a_deleted_key_is_red():
    assert verdicts(stated(), references(COUNT)) == {"count": "gone: the chapter no longer states it"}


def test_a_new_key_is_red():
    assert verdicts(stated(COUNT.claim), references()) == {"count": "new: it has no reference"}


@pytest.mark.parametrize("change", [{"metric": "AP@200/std"}, {"tier": "exact"}, {"unit": "%"}, {"better": "lower"}])
def test_another_definition_of_the_same_value_is_red(change):
    assert "defined otherwise" in verdict(replace(TIGHT.claim, **change), TIGHT)


@pytest.mark.parametrize("missing", ["code", "device", "versions", "date", "data"])
def test_a_reference_without_provenance_is_red(missing):
    known = references(COUNT, provenance={name: value for name, value in PROVENANCE.items() if name != missing})
    assert "no provenance" in verdicts(stated(COUNT.claim), known)[""]


@pytest.mark.parametrize("data", [{"eoc": "bb"}, {}, {"eoc": "aa", "ucmerced": "cc"}])
def test_other_data_are_red(data):
    assert "another checksum" in verdicts(stated(COUNT.claim, data=data), references(COUNT))[""]


def test_a_chapter_that_was_never_blessed_is_red():
    (row,) = check(stated(COUNT.claim), None)
    assert not row.passed
    assert "zsr book bless" in row.verdict


def test_all_green_has_one_row_a_key():
    rows = check(stated(COUNT.claim, TIGHT.claim), references(COUNT, TIGHT))
    assert [row.key for row in rows] == ["ap", "count"]
    assert all(row.passed for row in rows)


@pytest.mark.parametrize(
    "reference",
    [
        replace(TIGHT, tolerance=1.0),
        replace(TRAINED, tolerance=0.03),
        replace(SPREADING, seeds=(0.0, 1.0, 0.0, 1.0, 0.5)),
        Reference(Claim("pixels", 200.0, "tight"), tolerance=61.0),
    ],
    ids=lambda reference: reference.claim.tier,
)
def test_what_may_move_by_anything_is_red_although_it_did_not_move(reference):
    assert f"more than any {reference.claim.tier} number may" in verdict(reference.claim, reference)


def test_a_large_value_may_move_by_more_than_a_small_one():
    pixels = Reference(Claim("pixels", 200.0, "tight"), tolerance=59.0)
    assert verdict(pixels.claim, pixels) == "pass"


def test_all_tolerances_widened_at_once_are_red_although_none_is_too_wide():
    listed = [Reference(Claim(f"ap{number}", 0.5, "trained"), tolerance=1e-4) for number in range(20)]
    wider = [replace(each, tolerance=WIDEST["trained"]) for each in listed]
    claims = [each.claim for each in listed]
    assert all(row.passed for row in check(stated(*claims), references(*wider[:2], *listed[2:])))
    for wide in (3, 20):
        red = [row for row in check(stated(*claims), references(*wider[:wide], *listed[wide:])) if not row.passed]
        assert [row.verdict.split(" numbers")[0] for row in red] == [f"{wide} of 20"]


def test_edited_references_are_red():
    known = replace(references(COUNT), untouched=False)
    assert "edited by hand" in verdicts(stated(COUNT.claim), known)[""]


@pytest.mark.parametrize("path", sorted(REPORTED.glob("*-*/*.yaml")), ids=lambda path: str(path.relative_to(REPORTED)))
def test_every_reported_reference_is_sealed_and_measured(path):
    known = load_references(path)
    assert known.untouched
    assert not [row for row in check(Stated("c", {}, known.provenance["data"], {}), known) if not row.key]
    assert all(width(each) <= WIDEST.get(each.claim.tier, math.inf) for each in known.claims.values())
