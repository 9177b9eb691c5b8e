import hashlib
import json

import pytest

from zsr_lib.reporting.seals import SEAL, fits, seal_of, sealed

CONTENT = {"b": [1, 0.1, None], "a": {"Größe": "x"}}


def test_what_is_sealed_fits_in_any_order_and_after_a_round_trip():
    content = sealed(CONTENT)
    assert list(content) == ["b", "a", SEAL]
    assert fits(content)
    assert fits(json.loads(json.dumps(dict(reversed(content.items())))))
    assert sealed(content) == content


def test_a_seal_is_the_plain_checksum_that_anybody_can_compute():
    text = '{"a":{"Gr\\u00f6\\u00dfe":"x"},"b":[1,0.1,null]}'
    assert seal_of(CONTENT) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("change", [{"b": [1, 0.2, None]}, {"c": 1}, {"a": {}}, {SEAL: ""}])
def test_any_change_breaks_it(change):
    assert not fits(sealed(CONTENT) | change)
    assert not fits(CONTENT)
