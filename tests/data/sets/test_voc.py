import pytest

from zsr_lib.data.sets.sketchy import SOURCE as SKETCHY
from zsr_lib.data.sets.voc import SOURCE
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadFileError, DataNotFoundError

from ..conftest import draw_tile
from .test_sketchy import draw_sketchy

LAYOUTS = ("voc/JPEGImages", "VOCdevkit/VOC2012/JPEGImages", "VOC2012/JPEGImages", "voc")


def draw_voc(root, layout=LAYOUTS[0], count=3):
    for number in range(count):
        draw_tile(root / layout / f"2007_{number:06}.jpg", number)
    return root


@pytest.mark.parametrize("layout", LAYOUTS)
def test_photos_are_found_in_every_layout_and_have_no_class(tmp_path, cache, layout):
    root = draw_voc(tmp_path, layout)
    loaded = SOURCE.load(8, root, False)
    assert loaded.photos.ids.tolist() == ["2007_000000", "2007_000001", "2007_000002"]
    assert set(loaded.photos.class_names) == {""}
    survey = SOURCE.survey(root, False)
    assert (survey.counts, survey.checksum) == ({"photo": (3,)}, loaded.checksum)
    assert loaded.notes == ("3 of the complete set's 17125 items of modality photo",)


def test_another_photo_is_another_data_set(tmp_path, cache):
    before = SOURCE.survey(draw_voc(tmp_path), False).checksum
    assert SOURCE.survey(draw_voc(tmp_path, count=4), False).checksum != before


def test_without_photos_it_says_where_they_belong(tmp_path, cache):
    (tmp_path / LAYOUTS[0]).mkdir(parents=True)
    with pytest.raises(DataNotFoundError, match=r"JPEGImages[\s\S]*zsr data prepare voc --from"):
        SOURCE.load(8, tmp_path, False)
    draw_voc(tmp_path / "elsewhere", LAYOUTS[0])
    SOURCE.obtain(tmp_path / "elsewhere" / LAYOUTS[0], None, False)
    assert len(SOURCE.load(8, None, False).photos) == 3


def test_damaged_photos_are_refused_or_counted(tmp_path, cache):
    root = draw_voc(tmp_path)
    (root / LAYOUTS[0] / "2007_000001.jpg").write_bytes(b"no picture")
    with pytest.raises(BadFileError, match="2007_000001"):
        SOURCE.load(8, root, False)
    loaded = SOURCE.load(8, root, False, skip_bad=True)
    assert len(loaded.photos) == 2
    assert any("skipped" in note for note in loaded.notes)


def test_beside_a_task_none_of_it_is_left_out(tmp_path, cache):
    sketchy = SKETCHY.load(8, draw_sketchy(tmp_path), False)
    task = build_task(sketchy, "sketchy-10-context-prediction", auxiliary=[SOURCE.load(8, draw_voc(tmp_path), False)])
    (other,) = task.auxiliary
    assert (len(other.photos), other.left_out) == (3, ())


@pytest.mark.real_data
def test_the_real_part():
    from zsr_lib.data.datasets import load_dataset

    assert len(load_dataset("voc", size=32, progress=False).photos) >= 600
