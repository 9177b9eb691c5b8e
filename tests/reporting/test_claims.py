import math
from types import SimpleNamespace

import numpy as np
import pytest

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.reporting.claims import HIDDEN, audited, claim, claim_table, plain, slug, uses, word
from zsr_lib.reporting.executed import Claim


@pytest.fixture
def outputs(monkeypatch):
    """What a notebook would record: data and metadata of each displayed output."""
    shown = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda data, raw, metadata: shown.append(SimpleNamespace(data=data, metadata=metadata)),
    )
    return shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [(np.float32(0.5), 0.5), (np.int64(3), 3), (np.bool_(True), True), ("abc", "abc"), (7, 7), (np.array(2.0), 2.0)],
)
def test_scalars_become_plain_python(value, expected):
    result = plain(value)
    assert result == expected
    assert type(result) in (int, float, bool, str)


@pytest.mark.parametrize("value", [np.zeros(2), [1], None, {"a": 1}])
def test_anything_else_is_refused(value):
    with pytest.raises(BadInputError, match="one number or string"):
        plain(value)


@pytest.mark.parametrize("key", ["", "Upper", "two words", "-a", "a--b", "a_b"])
def test_malformed_keys_are_refused(key):
    with pytest.raises(BadInputError, match="is no key"):
        Claim(key, 1, "exact")


def test_an_unknown_tier_gets_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean exact"):
        Claim("a", 1, "exakt")


def test_a_published_number_needs_its_source():
    with pytest.raises(BadInputError, match="no source"):
        Claim("a", 0.5, "published")


def test_a_claim_travels_in_hidden_output(outputs):
    claim("photos", np.int64(12), "exact", unit="photos")
    (output,) = outputs
    assert output.metadata["zsr"]["claim"]["value"] == 12
    assert output.metadata["scrapbook"]["name"] == "photos"
    assert output.data == {f"{HIDDEN}text/plain": "12"}


def test_a_shown_claim_prints_its_label_or_its_key_in_words(outputs):
    claim("ap-lost", 0.83333, "tight", show=".3f")
    claim("hands", 0.5, "tight", unit="AP", show="+.1f", label="AP lost without hands")
    assert [each.data["text/plain"] for each in outputs[1::2]] == ["ap lost: 0.833", "AP lost without hands: +0.5 AP"]
    assert outputs[1].metadata["zsr"]["shows"] == ["ap-lost"]


def test_nan_is_recorded_as_text_that_the_gate_refuses(outputs):
    claim("ap", math.nan, "tight")
    assert outputs[0].metadata["zsr"]["claim"]["value"] == "nan"


def test_every_number_of_a_table_is_a_claim(outputs):
    rows = [{"system": "chance", "AP@all": 0.26, "queries": 4}, {"system": "oracle", "AP@all": 1.0, "queries": 4}]
    claim_table("eoc", rows, {"AP@all": "tight", "queries": "exact"})
    claims = [o.metadata["zsr"]["claim"] for o in outputs if "claim" in o.metadata["zsr"]]
    assert [c["key"] for c in claims] == [
        "eoc-chance-ap-all", "eoc-chance-queries", "eoc-oracle-ap-all", "eoc-oracle-queries"]  # fmt: skip
    assert "| chance | 0.260 | 4 |" in outputs[-1].data["text/markdown"]


def test_data_sets_are_recorded_with_their_checksum(outputs):
    uses("eoc", "ab" * 32)
    assert outputs[0].metadata["zsr"]["data"] == {"eoc": "ab" * 32}


def test_slugs_are_words_of_a_key():
    assert slug("AP@200/voc (min_r_k)") == "ap-200-voc-min-r-k"


def test_audits_are_recorded_by_part(outputs):
    audited("feature extractor", "clean")
    assert outputs[0].metadata["zsr"]["audit"] == {"feature extractor": "clean"}


@pytest.mark.parametrize("text", ["0.93", "better by 12 %", "9 of 10"])
def test_words_that_hold_a_result_are_refused(outputs, text):
    with pytest.raises(BadInputError, match="hold a result"):
        word("ap-word", text)
    word("system", "ZSEoC 300")
    assert len(outputs) == 1
