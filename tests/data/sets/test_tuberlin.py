import numpy as np
import pytest

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.names import same_class
from zsr_lib.data.sets import sketchy
from zsr_lib.data.sets.tuberlin import CLASSES, SOURCE
from zsr_lib.data.task import build_task
from zsr_lib.errors import DataNotFoundError

from ..conftest import draw_tile

SKETCHED = ("airplane", "angel", "bear (animal)", "hot air balloon", "tennis-racket", "windmill")


def draw_folder(folder, classes, seed):
    for number, name in enumerate(classes):
        for index in (1, 2):
            draw_tile(folder / name / f"{seed}_{index}.png", 100 * seed + 10 * number + index)


@pytest.fixture
def root(tmp_path, cache):
    """Sketches of six classes; photos of three of them, and of another, in two data sets."""
    draw_folder(tmp_path / "data" / "tuberlin" / "sketch", SKETCHED, 1)
    draw_folder(tmp_path / "data" / "tuberlin" / "photo_caltech101", ("airplane",), 2)
    draw_folder(tmp_path / "data" / "sketchy" / "photo", ("airplane", "armor", "bear", "hot-air_balloon"), 3)
    return tmp_path / "data"


def test_photos_of_two_other_data_sets_stand_in(root):
    assert set(SOURCE.find(root)) == {"photo-caltech101", "photo-sketchy", "sketch"}
    loaded = SOURCE.load(8, root, False)
    assert loaded.photos.ids.tolist() == [
        *("airplane/2_1", "airplane/2_2", "airplane/3_1", "airplane/3_2"),
        *("bear (animal)/3_1", "bear (animal)/3_2", "hot air balloon/3_1", "hot air balloon/3_2"),
    ]
    assert loaded.photos.classes == loaded.sketches.classes == CLASSES
    assert len(loaded.sketches) == 12
    assert loaded.checksum == SOURCE.survey(root, False).checksum


def test_the_notes_say_that_it_is_reduced_and_what_lacks_photos(root):
    notes = SOURCE.load(8, root, False).notes
    assert sum(note.startswith("reduced: photos of") for note in notes) == 2
    lacking = next(note for note in notes if note.startswith("no photo of: "))
    assert "angel" in lacking
    assert "airplane" not in lacking


@pytest.mark.parametrize("left", ["sketchy", "tuberlin/photo_caltech101"])
def test_one_stand_in_is_enough_and_none_is_not(root, left):
    folders = {root / "tuberlin" / "photo_caltech101", root / "sketchy"}
    for folder in folders - {root / left}:
        folder.rename(folder.with_name("elsewhere"))
    assert len(SOURCE.find(root)) == 2
    (root / left).rename(root / "away")
    with pytest.raises(DataNotFoundError, match="photo items of TU-Berlin are not on this machine"):
        SOURCE.find(root)


def test_the_official_photos_come_without_stand_ins(root):
    draw_folder(root / "TUBerlin" / "ImageResized_ready", SKETCHED, 4)
    assert SOURCE.find(root)["photo"] == root / "TUBerlin" / "ImageResized_ready"
    loaded = SOURCE.load(8, root, False)
    assert len(loaded.photos) == 12
    assert not any(note.startswith("reduced") for note in loaded.notes)


def test_a_task_on_it_says_that_it_is_reduced(root):
    dataset = SOURCE.load(8, root, False)
    whole = build_task(dataset, "tuberlin-30-sake")
    assert whole.split.name == "tuberlin-30-sake"
    assert "windmill" in whole.missing["unseen photos"]
    task = build_task(dataset, "tuberlin-30-sake", validation_classes=0, reduced=True)
    assert task.split.name == "tuberlin-30-sake/reduced"
    assert task.unseen == ("hot air balloon",)
    assert task.seen == ("airplane", "bear (animal)")
    assert task.split.note.endswith("Reduced to 2 of 220 seen and 1 of 30 unseen classes.")
    assert task.missing == {}


def test_names_shared_with_sketchy_are_one_to_one():
    pairs = [(ours, theirs) for ours in CLASSES for theirs in sketchy.CLASSES if same_class(ours, theirs)]
    assert len({ours for ours, _ in pairs}) == len({theirs for _, theirs in pairs}) == len(pairs) > 90
    assert ("bear (animal)", "bear") in pairs
    assert ("tennis-racket", "racket") in pairs


@pytest.mark.real_data
def test_the_real_sketches():
    dataset = load_dataset("tuberlin", size=16, progress=False)
    np.testing.assert_array_equal(np.bincount(dataset.sketches.labels), np.full(250, 80))
    for name in ("tuberlin-30-sake", "tuberlin-30-sempcyc"):
        task = build_task(dataset, name, reduced=True)
        assert set(task.queries().class_names) == set(task.gallery().class_names) == set(task.unseen)
