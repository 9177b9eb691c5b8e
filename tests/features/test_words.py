from dataclasses import replace

import numpy as np
import pytest

from tests.models.shapes import shapes
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import make_extractor
from zsr_lib.features.words import WORDS, hashed_words

SAID = np.array(["A runway, a long runway.", "a long runway a RUNWAY", "two planes", "trees"])


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
