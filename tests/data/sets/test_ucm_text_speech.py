import json

import numpy as np
import pytest
from scipy.io import savemat

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.items import GIVEN
from zsr_lib.data.sets import ucmerced
from zsr_lib.data.sets.ucm_text_speech import CLASSES, COUNT, SOURCE, TAGS
from zsr_lib.data.splits import Split
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadFileError

from ..conftest import draw_tile, draw_ucmerced

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 2, (len(TAGS), COUNT), dtype=np.uint8)
SPEECH = RNG.random((34, 128))


@pytest.fixture
def root(tmp_path, cache):
    """Two photos of each class; sentences of three photos of the first two classes, one of which is not here."""
    folder = tmp_path / "data" / "ucm_text_speech"
    draw_ucmerced(tmp_path / "data" / "ucmerced", ".png")
    folder.mkdir()
    images = [
        {"filename": f"{number}.tif", "sentences": [{"raw": f"Photo {number}, said {k} ."} for k in range(5)]}
        for number in (101, 1, 3)
    ]
    (folder / "captions.json").write_text(json.dumps({"images": images, "dataset": "UCM"}))
    savemat(folder / "LandUse_multilabels.mat", {"labels": LABELS})
    savemat(folder / "speech.mat", {"features": SPEECH})
    savemat(folder / "splab.mat", {"splab": np.repeat(np.eye(17, dtype=np.uint8), 2, axis=0)})
    return tmp_path / "data"


def load(root):
    return load_dataset("ucm_text_speech", 8, root, progress=False)


def test_sentences_know_their_photo_and_its_tags(root):
    dataset = load(root)
    text, photos = dataset.of("text"), dataset.photos
    assert text.ids.tolist()[:2] == ["agricultural/agricultural00-0", "agricultural/agricultural00-1"]
    assert text.sentences.tolist()[4:6] == ["Photo 1, said 4 .", "Photo 3, said 0 ."]
    assert text.pairs.tolist() == ["agricultural/agricultural00"] * 5 + [""] * 5 + ["airplane/airplane00"] * 5
    assert text.class_names.tolist() == ["agricultural"] * 10 + ["airplane"] * 5
    np.testing.assert_array_equal(text.tags[[0, 5, 10]], LABELS.T[[0, 2, 100]])
    np.testing.assert_array_equal(photos.tags[[0, 1, 3]], LABELS.T[[0, 1, 101]])
    assert text.tag_names == photos.tag_names == dataset.of("speech").tag_names == TAGS


def test_speech_brings_its_features_and_belongs_to_no_class(root):
    speech = load(root).of("speech")
    np.testing.assert_array_equal(speech.features, SPEECH.astype(np.float32))
    assert (speech.feature_key, set(speech.class_names)) == (GIVEN, {""})
    assert speech.tags.sum(axis=0).tolist() == [2] * 17


def test_it_is_counted_without_being_decoded(root):
    dataset, survey = load(root), SOURCE.survey(root, False)
    assert survey.checksum == dataset.checksum
    for modality, items in dataset.items.items():
        assert survey.counts[modality] == tuple(np.bincount(items.labels, minlength=22).tolist())


def test_a_photo_stays_with_its_sentences(root):
    task = build_task(load(root), "by-pair-50-choice-1", validation_classes=0)
    for group in ("seen", "unseen"):
        photos = set(task.items(group, "photo").ids.tolist())
        assert set(task.items(group, "text").pairs.tolist()) <= photos | {""}
    assert len(task.test_items("speech")) == 17


def test_classes_can_be_divided_too(root):
    task = build_task(load(root), Split("own", "ucm_text_speech", None, ("airplane", "river")))
    assert set(task.test_items("text").class_names) == {"airplane"}
    assert "" not in (*task.seen, *task.validation, *task.unseen)
    assert len(task.seen) + len(task.validation) == 19


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("captions.json", b"{}", "holds no sentences"),
        ("captions.json", b'{"images": [{"filename": "9999.tif", "sentences": [{"raw": ""}]}]}', "holds no sentences"),
        ("captions.json", b"\xff\xfe", "holds no sentences"),
        ("splab.mat", b"", "cannot be read"),
    ],
)
def test_damaged_files_are_named(root, name, content, message):
    (root / "ucm_text_speech" / name).write_bytes(content)
    with pytest.raises(BadFileError, match=f"{name}.* {message}"):
        load(root)


def test_labels_of_another_count_and_photos_of_another_name(root):
    savemat(root / "ucm_text_speech" / "LandUse_multilabels.mat", {"labels": LABELS[:, :50]})
    with pytest.raises(BadFileError, match="no array labels of 17 × 2100"):
        load(root)
    savemat(root / "ucm_text_speech" / "LandUse_multilabels.mat", {"labels": LABELS})
    draw_tile(root / "ucmerced" / "river" / "river_17.png", 1)
    with pytest.raises(BadFileError, match="nobody knows the labels of river/river_17"):
        load(root)


@pytest.mark.real_data
def test_the_real_labels_belong_to_their_names():
    dataset = load_dataset("ucm_text_speech", size=32, progress=False)
    photos, text, speech = (dataset.of(name) for name in ("photo", "text", "speech"))
    sure = {"airplane": "airplane", "tenniscourt": "court", "storagetanks": "tanks", "harbor": "ship", "beach": "sand",
            "mobilehomepark": "mobile-home", "forest": "trees", "river": "water", "golfcourse": "grass"}  # fmt: skip
    for name, tag in sure.items():
        assert photos.of_classes([name]).tags[:, TAGS.index(tag)].all()
    assert (len(text), len(speech), dataset.classes) == (10_500, 255, CLASSES)
    # Photos labelled with cars are those that sentences describe with cars: one order for both.
    said = np.array(["car" in each.lower() for each in text.sentences.tolist()]).reshape(COUNT, 5).any(axis=1)
    cars = text.tags[::5, TAGS.index("cars")]
    classes = [ucmerced.CLASSES.index(name) for name in ("airplane", "buildings", "tenniscourt")]
    rows = np.concatenate([np.arange(100 * label, 100 * label + 100) for label in classes])
    assert np.corrcoef(said[rows], cars[rows])[0, 1] > 0.3
