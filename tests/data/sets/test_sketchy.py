import numpy as np
import pytest

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.sets.sketchy import CLASSES, SOURCE, photo_of
from zsr_lib.data.splits import get_split, split_names
from zsr_lib.data.task import build_task

from ..conftest import draw_tile

LAYOUTS = ("sketchy/{}", "rendered_256x256/256x256/{}/tx_000000000000", "256x256/{}/tx_000000000000")


def draw_sketchy(root, layout=LAYOUTS[0], classes=CLASSES):
    """Two photos of each class; two sketches of the first photo, one of a photo that is not here."""
    for number, name in enumerate(classes):
        for stem in (f"n{number:08}_1", f"n{number:08}_22"):
            draw_tile(root / layout.format("photo") / name / f"{stem}.jpg", number)
        for stem in (f"n{number:08}_1-1", f"n{number:08}_1-2", f"n{number:08}_9-1"):
            draw_tile(root / layout.format("sketch") / name / f"{stem}.png", 1000 + number)
    return root


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_found(tmp_path, cache, layout):
    root = draw_sketchy(tmp_path / "data", layout, CLASSES[:3])
    assert SOURCE.find(root) == {name: root / layout.format(name) for name in ("photo", "sketch")}
    loaded = SOURCE.load(8, root, False)
    assert [len(items) for items in loaded.items.values()] == [6, 9]
    assert (loaded.photos.origin, loaded.sketches.origin) == ("camera", "hand")


def test_an_official_folder_can_be_prepared_whatever_other_renderings_it_holds(tmp_path, cache):
    base = draw_sketchy(tmp_path / "rendered", LAYOUTS[2], CLASSES[:2])
    draw_tile(base / "256x256" / "photo" / "tx_000100000000" / "airplane" / "n00000000_1.jpg", 1)
    SOURCE.obtain(base, None, False)
    assert SOURCE.find(None)["photo"] == base / "256x256" / "photo" / "tx_000000000000"


def test_sketches_know_the_photo_they_were_drawn_from(tmp_path, cache):
    names = ("airplane", "hot-air_balloon", "jack-o-lantern")
    loaded = SOURCE.load(8, draw_sketchy(tmp_path, classes=names), False)
    assert loaded.photos.pairs is None
    balloons = loaded.sketches.of_classes(["hot-air_balloon"])
    drawn_from = "hot-air_balloon/n00000001_1"
    assert balloons.pairs.tolist() == [drawn_from, drawn_from, ""]
    assert drawn_from in loaded.photos.ids
    assert set(loaded.sketches.pairs.tolist()) - {""} <= set(loaded.photos.ids.tolist())


def test_ids_without_a_number_have_no_photo():
    assert photo_of("ant/doodle") == ""
    assert photo_of("airplane/n02691156_10151-12") == "airplane/n02691156_10151"


def test_every_published_split_fits_the_whole_set(tmp_path, cache):
    dataset = SOURCE.load(8, draw_sketchy(tmp_path), False)
    for name in split_names("sketchy"):
        task = build_task(dataset, name, reduced=True)
        assert task.split.name == name
        assert set(task.unseen) == set(get_split(name).within(CLASSES).unseen)
        assert len(task.queries()) == 3 * len(task.unseen)


@pytest.mark.real_data
def test_the_real_subset():
    dataset = load_dataset("sketchy", size=32, progress=False)
    assert dataset.classes == CLASSES
    assert np.bincount(dataset.photos.labels, minlength=125).min() >= 25
    assert np.bincount(dataset.sketches.labels, minlength=125).min() >= 25
    assert (dataset.sketches.pairs != "").all()
    if len(dataset.sketches) == 3125:
        assert len(set(dataset.sketches.pairs.tolist())) == 578
