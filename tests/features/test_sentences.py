import json
from dataclasses import replace

import numpy as np
import pytest

from tests.features.conftest import items_of
from tests.models.shapes import shapes
from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import make_extractor
from zsr_lib.features.sentences import WORDS, hashed_words, sentence_encoder

TABLE = np.arange(12, dtype=np.float32).reshape(4, 3) - 4
VOCABULARY = {"[UNK]": 0, "a": 1, "runway": 2, "river": 3}
SAID = np.array(["A runway, a long runway.", "a long runway a RUNWAY", "two planes", "trees"])


@pytest.fixture
def encoder_file(tmp_path, monkeypatch):
    """A network that looks tokens up in a table, in the folder where encoders lie."""
    onnx, tokenizers = pytest.importorskip("onnx"), pytest.importorskip("tokenizers")
    from onnx import TensorProto, helper

    folder = tmp_path / "weights" / "text"
    folder.mkdir(parents=True)
    names = ("input_ids", "attention_mask", "token_type_ids")
    given = [helper.make_tensor_value_info(name, TensorProto.INT64, ["N", "L"]) for name in names]
    out = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["N", "L", 3])
    table = onnx.numpy_helper.from_array(TABLE, "table")
    node = helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])
    graph = helper.make_graph([node], "lookup", given, [out], [table])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "tiny.onnx"))
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(VOCABULARY, unk_token="[UNK]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.enable_padding(length=8)
    made.save(str(folder / "tokenizer.json"))
    monkeypatch.setenv("ZSR_WEIGHTS", str(tmp_path / "weights"))
    return folder / "tiny.onnx"


def text_of(*sentences):
    items = items_of(np.zeros((len(sentences), 1, 1, 3), np.uint8), "text")
    return type(items)(**{**vars(items), "pixels": None, "sentences": np.array(sentences)})


def test_a_sentence_is_the_mean_of_its_tokens_of_unit_length_without_padding(encoder_file):
    made = make_extractor(FeaturesConfig("sentence_encoder", "tiny.onnx"))(text_of("a runway", "river"))
    mean = (TABLE[1] + TABLE[2]) / 2
    np.testing.assert_allclose(made, [mean / np.linalg.norm(mean), TABLE[3] / np.linalg.norm(TABLE[3])], rtol=1e-6)
    assert made.dtype == np.float32


def test_what_was_described_is_taken_from_the_cache_by_its_text(encoder_file, monkeypatch):
    extractor = make_extractor(FeaturesConfig("sentence_encoder", str(encoder_file)))
    first = extractor(text_of("a runway", "a river"))
    again = "zsr_lib.features.sentences.SentenceEncoder.__call__"
    monkeypatch.setattr(again, lambda *_: pytest.fail("described again"))
    np.testing.assert_array_equal(extractor(text_of("a river", "a runway", "a river")), first[[1, 0, 1]])
    assert extractor.classes is None


@pytest.mark.parametrize("said", ["взлётная полоса", "一条跑道", "12 !"])
def test_another_script_or_none_is_refused(encoder_file, said):
    with pytest.raises(BadInputError, match=r"sentence 1 .*(another script|no letters)"):
        sentence_encoder("tiny.onnx")(np.array(["a piste à côté", said]))


def test_missing_weights_say_where_to_get_them(encoder_file):
    for name in ("none", "elsewhere.onnx"):
        with pytest.raises(DataNotFoundError, match=r"all-MiniLM-L6-v2[\s\S]*tokenizer.json"):
            sentence_encoder(name)
    encoder_file.with_name("tokenizer.json").unlink()
    with pytest.raises(DataNotFoundError, match=r"no tokenizer\.json beside"):
        sentence_encoder("tiny.onnx")


def test_damaged_files_are_named(encoder_file):
    encoder_file.write_bytes(b"no network")
    with pytest.raises(BadFileError, match=r"tiny.onnx"):
        sentence_encoder("tiny.onnx")


def test_a_tokenizer_that_is_none_is_named(encoder_file):
    encoder_file.with_name("tokenizer.json").write_text(json.dumps({"a": 1}))
    with pytest.raises(BadFileError, match=r"tokenizer.json cannot be read"):
        sentence_encoder("tiny.onnx")


@pytest.mark.real_data
def test_the_encoder_at_hand_knows_a_runway_from_a_court():
    """The check that came with the file."""
    encode = sentence_encoder("all_minilm_l6_v2_int8.onnx")
    first, near, far, farther = encode(
        np.array(["an airport runway", "an airstrip seen from above", "a tennis court", "a river with trees"])
    )
    assert first @ near > 0.3 + max(first @ far, first @ farther)


def test_a_sentence_is_its_counted_words_whatever_their_order_case_and_points():
    made = hashed_words(SAID)
    assert (made.shape, made.dtype) == ((4, WORDS), np.float32)
    np.testing.assert_array_equal(made[0], made[1])
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, rtol=1e-6)
    assert made[0] @ made[2] == 0
    assert sorted(np.abs(made[0][made[0] != 0] * np.sqrt(5)).round(5)) == [1, 2]  # long once, runway twice


@pytest.mark.parametrize("said", ["", " ", "a .", "?!"])
def test_a_sentence_without_a_word_is_refused_by_its_number(said):
    with pytest.raises(BadInputError, match=r"1 sentences have no word, the first is number 2"):
        hashed_words(np.array([*SAID[:2], said]))


def test_a_modality_may_become_features_in_its_own_way():
    config = FeaturesConfig("hog", size=32, by={"text": FeaturesConfig("words"), "speech": FeaturesConfig("given")})
    assert config.of("photo") == FeaturesConfig("hog", size=32)
    assert config.of("text") == FeaturesConfig("words")
    photos = shapes().photos.take(np.arange(4))
    text = replace(photos, pixels=None, modality="text", sentences=SAID)
    np.testing.assert_array_equal(make_extractor(config.of("text"))(text), hashed_words(SAID))
    speech = replace(photos, pixels=None, modality="speech", features=np.eye(4, dtype=np.float32), feature_key="given")
    np.testing.assert_array_equal(make_extractor(config.of("speech"))(speech), np.eye(4))
    for name, wanted in (("text", "sentences"), ("speech", "features")):
        with pytest.raises(BadInputError, match=f"have no {wanted}"):
            make_extractor(config.of(name))(photos)
