import numpy as np
import pytest

from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.data.semantics import KINDS, class_semantics, word_vectors
from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError, UnknownNameError


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A data root with vectors of three animals and of two, which share the cat."""
    monkeypatch.delenv("ZSR_DATA", raising=False)
    (tmp_path / "wordvecs").mkdir()
    save(tmp_path, "b", ["cat", "hot_dog", "sea_turtle"], [[1, 0], [2, 0], [3, 0]])
    save(tmp_path, "a", ["cat", "owl"], [[-1, 5], [4, 0]])
    return tmp_path


def save(root, stem, names, vectors):
    np.savez(root / "wordvecs" / f"{stem}.npz", classes=np.array(names), vectors=np.array(vectors, dtype=np.float32))


def test_rows_follow_the_asked_order_and_spelling(root):
    found = word_vectors(["Sea Turtle", "hotdog"], root)
    np.testing.assert_array_equal(found, [[3, 0], [2, 0]])
    assert found.dtype == np.float32


def test_the_file_that_knows_most_of_the_classes_wins(root):
    np.testing.assert_array_equal(word_vectors(["cat", "hotdog"], root), [[1, 0], [2, 0]])
    np.testing.assert_array_equal(word_vectors(["cat", "owl"], root), [[-1, 5], [4, 0]])
    np.testing.assert_array_equal(word_vectors(["cat"], root), [[-1, 5]])


def test_a_class_without_a_vector_names_the_nearest(root):
    with pytest.raises(UnknownNameError, match="did you mean seaturtle"):
        word_vectors(["see turtle"], root)


def test_no_data_root_and_no_files_say_what_to_do(root, tmp_path):
    with pytest.raises(DataNotFoundError, match=r"no data root is set.\n.*set ZSR_DATA"):
        word_vectors(["cat"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataNotFoundError, match=r"no \.npz files in"):
        word_vectors(["cat"], tmp_path / "empty")


@pytest.mark.parametrize(
    "arrays",
    [
        {"classes": np.array(["cat"])},
        {"classes": np.array(["cat"], dtype=object), "vectors": np.ones((1, 2))},
        {"classes": np.array(["cat"]), "vectors": np.ones((2, 2))},
        {"classes": np.array(["cat"]), "vectors": np.full((1, 2), np.nan)},
        {"classes": np.array(["cat"]), "vectors": np.ones((1, 3))},
    ],
    ids=["array missing", "pickled", "rows differ", "not finite", "other length"],
)
def test_damaged_files_are_refused(root, arrays):
    np.savez(root / "wordvecs" / "c.npz", **arrays)
    with pytest.raises(BadFileError, match=r"c\.npz|different lengths"):
        word_vectors(["cat"], root)


def test_a_file_that_is_no_archive_is_refused(root):
    (root / "wordvecs" / "c.npz").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(BadFileError, match=r"c\.npz is not a file of word vectors"):
        word_vectors(["cat"], root)


def test_onehot_says_nothing_but_difference():
    np.testing.assert_array_equal(class_semantics("onehot", EOC_CLASSES), np.eye(14))


def test_random_vectors_belong_to_the_class_and_the_seed():
    alone, among = class_semantics("random", ["river"]), class_semantics("random", ["cat", "River"])
    np.testing.assert_array_equal(alone[0], among[1])
    assert not np.array_equal(alone[0], class_semantics("random", ["river"], seed=1)[0])


def test_random_vectors_are_long_enough_to_be_nearly_orthogonal():
    vectors = class_semantics("random", EOC_CLASSES, dim=301)
    cosines = vectors @ vectors.T - np.eye(14)
    assert vectors.shape == (14, 301)
    assert np.abs(cosines).max() < 5 / np.sqrt(301)


def test_attributes_tell_the_generated_classes_apart():
    vectors = class_semantics("attributes", EOC_CLASSES)
    assert len(np.unique(vectors, axis=0)) == len(vectors) == 14


def test_bad_requests_are_explained():
    with pytest.raises(UnknownNameError, match="did you mean wordvectors"):
        class_semantics("wordvector", ["cat"])
    with pytest.raises(BadInputError, match="0 dimensions"):
        class_semantics("random", ["cat"], dim=0)
    assert set(KINDS) == {"attributes", "wordvectors", "onehot", "random"}


@pytest.mark.real_data
def test_facts_about_the_released_vectors():
    vectors = word_vectors(EOC_CLASSES)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T - 2 * np.eye(14)
    at = EOC_CLASSES.index
    assert vectors.shape == (14, 300)
    assert cosines[at("airplane"), at("runway")] == pytest.approx(0.42, abs=0.005)
    assert cosines[at("freeway"), at("overpass")] == pytest.approx(0.63, abs=0.005)
    assert cosines[at("storagetanks")].max() == pytest.approx(0.21, abs=0.005)
