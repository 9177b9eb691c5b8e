import pytest
import yaml

from zsr_lib.errors import BadFileError
from zsr_lib.reporting.executed import Claim
from zsr_lib.reporting.references import Reference, References, load_references, save_references

KNOWN = References(
    {
        "ap": Reference(Claim("ap", 0.123456789012345, "tight", better="higher", metric="AP@all/std"), tolerance=1e-6),
        "n": Reference(Claim("n", 14, "exact", unit="classes")),
        "s": Reference(Claim("s", 0.5, "statistical"), seeds=(0.1, 0.2, 0.3, 0.4, 0.5)),
    },
    {"device": "CPU", "data": {"eoc": "aa"}},
    [{"date": "2026-01-01", "reason": "first"}],
)


def test_what_is_saved_is_loaded(tmp_path):
    save_references(tmp_path / "a.yaml", KNOWN)
    assert load_references(tmp_path / "a.yaml") == KNOWN


def test_the_order_of_keys_does_not_matter(tmp_path):
    save_references(tmp_path / "a.yaml", KNOWN)
    content = yaml.safe_load((tmp_path / "a.yaml").read_text())
    content["claims"] = dict(reversed(content["claims"].items()))
    (tmp_path / "b.yaml").write_text(yaml.safe_dump(content, sort_keys=True))
    assert load_references(tmp_path / "b.yaml") == KNOWN


@pytest.mark.parametrize(
    "change",
    [
        ("tolerance: 1.0e-06", "tolerance: 1.0"),
        ("value: 14", "value: 15"),
        ("reason: first", "reason: last"),
        ("seal:", "#"),
    ],
)
def test_an_edited_file_is_loaded_as_edited(tmp_path, change):
    path = tmp_path / "a.yaml"
    save_references(path, KNOWN)
    assert change[0] in path.read_text()
    path.write_text(path.read_text().replace(*change))
    assert not load_references(path).untouched


def test_no_file_is_no_references(tmp_path):
    assert load_references(tmp_path / "none.yaml") is None


@pytest.mark.parametrize(
    "text", ["", "claims: 3", "claims: {a: {value: 1}}", "{", "claims: {a: {value: 1, tier: exact, x: 1}}"]
)
def test_a_damaged_file_says_how_to_restore_it(tmp_path, text):
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(BadFileError, match="restore it from version control"):
        load_references(tmp_path / "bad.yaml")
