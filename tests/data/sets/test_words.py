import json

import numpy as np
import pytest
from scipy.io import savemat

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.scenes.attributes import attribute_matrix, attribute_names
from zsr_lib.data.sets import ucm_words
from zsr_lib.data.sets.sketchy_named import in_words

from ..conftest import draw_tile, draw_ucmerced

CLASSES = ["runway", "storagetanks"]


@pytest.fixture
def generated():
    return load_dataset("generated_text", 64, progress=False, per_class=6, classes=CLASSES)


def test_generated_sentences_are_true_of_their_class(generated):
    text, photos = generated.of("text"), generated.photos
    assert text.pairs.tolist() == np.repeat(photos.ids, 2).tolist()
    assert text.sentences[0].startswith("A runway on ")
    assert text.sentences[12].startswith("A group of storage tanks on ")
    for row in range(1, len(text), 2):
        signs = text.sentences[row].removeprefix("Its signs are ").partition(";")[0].replace(" and ", ", ").split(", ")
        values = attribute_matrix([text.class_names[row]])[0]
        assert len(signs) == 3
        assert all(values[attribute_names().index(each)] == 1 for each in signs)


def test_the_ground_is_that_of_the_picture(generated):
    text, photos = generated.of("text"), generated.photos
    bright = np.array(["bright" in each for each in text.sentences[::2]])
    dark = np.array(["dark" in each for each in text.sentences[::2]])
    means = np.asarray(photos.pixels).reshape(len(photos), -1).mean(axis=1)
    assert (means[bright] > 139).all()
    assert (means[dark] < 106).all()


def test_photos_and_sketches_are_those_of_the_other_generated_set(generated):
    other = load_dataset("generated", 64, progress=False, per_class=6, classes=CLASSES)
    for modality in ("photo", "sketch"):
        assert (other.of(modality).pixels == generated.of(modality).pixels).all()
    assert other.checksum != generated.checksum
    assert generated.of("ask").pairs.shape == (12,)


def test_photos_sentences_and_sketches_come_under_one_list_of_classes(tmp_path, cache):
    root = tmp_path / "data"
    draw_ucmerced(root / "ucmerced", ".png")
    for seed, name in enumerate(("airplane", "runway")):
        draw_tile(root / "eoc_sketches" / name / "1.png", seed)
    folder = root / "ucm_text_speech"
    folder.mkdir()
    images = [{"filename": f"{n}.tif", "sentences": [{"raw": f"Photo {n} ."}]} for n in (1, 101, 102, 1701)]
    (folder / "captions.json").write_text(json.dumps({"images": images}))
    savemat(folder / "LandUse_multilabels.mat", {"labels": np.zeros((17, 2100), np.uint8)})
    savemat(folder / "speech.mat", {"features": np.ones((17, 128))})
    savemat(folder / "splab.mat", {"splab": np.eye(17, dtype=np.uint8)})
    made = load_dataset("ucm_words", 8, root, progress=False)
    assert tuple(made.items) == ("photo", "text", "sketch", "ask")
    assert made.of("text").class_names.tolist() == ["agricultural", "airplane", "airplane", "runway"]
    assert made.sketches.class_names.tolist() == ["airplane", "runway"]
    assert made.of("ask").class_names.tolist() == ["airplane", "runway"]
    assert [each.partition("/")[0] for each in made.of("ask").pairs.tolist()] == ["airplane", "runway"]
    counts = ucm_words.SOURCE.survey(root, False).counts
    assert {name: sum(each) for name, each in counts.items()} == {name: len(each) for name, each in made.items.items()}


def test_a_class_is_called_what_one_would_write():
    assert [in_words(name) for name in ("alarm_clock", "hot-air_balloon")] == ["alarm clock", "hot-air balloon"]
