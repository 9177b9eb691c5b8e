import json

import numpy as np
import pytest

from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.files import sha256_of
from zsr_lib.search.token_store import MANIFEST, open_tokens, packed, write_tokens

MODEL, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def tokens():
    return np.random.default_rng(0).normal(size=(7, 3, 5)).astype(np.float32)


def stored(folder, tokens, kind="fp16", of=""):
    write_tokens(folder, (tokens[start : start + 3] for start in range(0, 7, 3)), MODEL, kind, of)
    return folder


@pytest.mark.parametrize(("kind", "size"), [("fp16", 3 * 5 * 2), ("int8", 3 * (5 + 4))])
def test_rows_come_back_from_every_shard_in_any_order(tmp_path, tokens, kind, size):
    store = open_tokens(stored(tmp_path, tokens, kind), MODEL)
    assert (len(store), store.bytes_per_item, len(store.shards)) == (7, size, 3)
    rows = np.array([6, 0, 3, 3, 2])
    found = store[rows]
    assert found.dtype == np.float32
    # Half precision keeps 11 bits; a byte is off by half a step of 1/127 of the token's largest number.
    slack = np.abs(tokens[rows]).max(axis=2, keepdims=True) * (2**-11 if kind == "fp16" else 0.5001 / 127)
    assert (np.abs(found - tokens[rows]) <= slack).all()
    assert store[np.array([], int)].shape == (0, 3, 5)


def test_a_token_of_zeros_stays_one_and_what_cannot_be_kept_is_refused(tmp_path, tokens):
    assert (packed(np.zeros((1, 2, 3)), "int8")["token"] == 0).all()
    for wrong in (tokens[0], np.full((1, 2, 3), np.nan)):
        with pytest.raises(BadInputError, match=r"give \(N, T, D\)"):
            packed(wrong, "fp16")
    with pytest.raises(BadInputError, match="too large for half precision"):
        packed(np.full((1, 2, 3), 1e6), "fp16")
    with pytest.raises(BadInputError, match="cannot be kept as 'fp8'"):
        packed(tokens, "fp8")
    with pytest.raises(BadInputError, match="no photos"):
        write_tokens(tmp_path, [], MODEL)


def test_tokens_of_another_model_or_gallery_are_refused_with_both_checksums(tmp_path, tokens):
    stored(tmp_path, tokens, of="c" * 64)
    open_tokens(tmp_path, MODEL, "c" * 64)
    with pytest.raises(BadFileError, match=f"by the model {MODEL}, not {OTHER}"):
        open_tokens(tmp_path, OTHER, "c" * 64)
    with pytest.raises(BadFileError, match=f"of the gallery {'c' * 64}, not {OTHER}"):
        open_tokens(tmp_path, MODEL, OTHER)


def test_a_damaged_shard_is_named_with_both_checksums(tmp_path, tokens):
    stored(tmp_path, tokens)
    path = tmp_path / "tokens-0001.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    told = json.loads((tmp_path / MANIFEST).read_text())["shards"][1]["sha256"]
    with pytest.raises(BadFileError, match=rf"tokens-0001\.npy is damaged: its checksum is [0-9a-f]{{64}}, not {told}"):
        open_tokens(tmp_path, MODEL)
    open_tokens(tmp_path, MODEL, verify=False)  # quick, for who has verified it before


def test_a_cut_or_missing_shard_is_noticed_in_any_case(tmp_path, tokens):
    path = stored(tmp_path, tokens) / "tokens-0002.npy"
    told = json.loads((tmp_path / MANIFEST).read_text())["shards"][2]["sha256"]
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    cut = sha256_of(path)
    assert cut != told
    with pytest.raises(BadFileError, match=f"damaged: its checksum is {cut}, not {told}"):
        open_tokens(tmp_path, MODEL)
    with pytest.raises(BadFileError, match=f"should have the checksum {told}; it has {cut}"):
        open_tokens(tmp_path, MODEL, verify=False)
    path.unlink()
    for verify in (True, False):
        with pytest.raises(BadFileError, match=f"should have the checksum {told}; there is no such file"):
            open_tokens(tmp_path, MODEL, verify=verify)


def test_a_smaller_store_leaves_nothing_of_a_larger_one(tmp_path, tokens):
    stored(tmp_path, tokens)
    write_tokens(tmp_path, [tokens[:2]], OTHER)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["tokens-0000.npy", MANIFEST]
    assert len(open_tokens(tmp_path, OTHER)) == 2


def test_tokens_of_two_shapes_and_a_strange_manifest_are_refused(tmp_path, tokens):
    with pytest.raises(BadInputError, match="of two systems"):
        write_tokens(tmp_path, [tokens, tokens[:, :2]], MODEL)
    stored(tmp_path, tokens)
    text = (tmp_path / MANIFEST).read_text()
    for change in (text.replace('"fp16"', '"fp8"'), text[:40], "[]"):
        (tmp_path / MANIFEST).write_text(change)
        with pytest.raises(BadFileError, match="holds no tokens"):
            open_tokens(tmp_path, MODEL)
    (tmp_path / MANIFEST).write_text(text.replace('"items": 1', '"items": 5'))
    with pytest.raises(BadFileError, match=r"holds \(1,\)[\s\S]*not 5 tokens"):
        open_tokens(tmp_path, MODEL)


def test_what_a_kill_leaves_is_no_store(tmp_path, tokens):
    def killed():
        yield tokens[:3]
        raise KeyboardInterrupt

    stored(tmp_path, tokens)
    with pytest.raises(KeyboardInterrupt):
        write_tokens(tmp_path, killed(), MODEL)
    with pytest.raises(BadFileError, match="holds no tokens"):
        open_tokens(tmp_path, MODEL)
