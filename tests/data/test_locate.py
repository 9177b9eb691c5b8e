from dataclasses import replace

import pytest

from zsr_lib.data.locate import Part, adopt, adopted, find_part, find_parts, pointer, search
from zsr_lib.data.registry import Archive, DatasetInfo
from zsr_lib.errors import BadInputError, DataNotFoundError

INFO = DatasetInfo(
    name="demo",
    title="Demo Set",
    classes=("airplane", "river"),
    expected={"photo": 2, "sketch": 2},
    terms="none",
    citation="nobody",
    page="http://example.org/demo",
    archive=Archive("demo.zip", "0" * 32, 5_000_000, ("http://example.org/demo.zip",)),
    folders={"photo": ("demo", "demo/Images"), "sketch": ("demo_sketches",)},
)
PHOTO, SKETCH = Part(INFO, "photo", "camera"), Part(INFO, "sketch", "hand")

pytestmark = pytest.mark.usefixtures("cache")


def make(base, *folders):
    for folder in folders:
        (base / folder).mkdir(parents=True)
    return base


def test_data_root_is_searched_in_order_and_before_prepared_data(tmp_path):
    adopt(INFO, [PHOTO], make(tmp_path / "prepared", "river"))
    root = make(tmp_path / "root", "demo/Images/river")
    assert find_part(PHOTO, root) == root / "demo" / "Images"
    assert find_part(PHOTO, None) == tmp_path / "prepared"
    make(root, "demo/Airplane")
    assert find_part(PHOTO, root) == root / "demo"


def test_error_lists_every_place_and_every_way(tmp_path):
    root = make(tmp_path, "demo/something else")
    with pytest.raises(DataNotFoundError) as caught:
        find_part(PHOTO, root)
    problem, remedy = caught.value.problem, caught.value.remedy
    assert f"{root / 'demo'} (holds no class folder)" in problem
    assert f"{root / 'demo' / 'Images'} (no such folder)" in problem
    assert "nothing prepared" in problem
    for way in ("zsr data prepare demo` to download it (5 MB)", "--from PATH", str(root / "demo"), INFO.page):
        assert way in remedy


def test_error_without_a_data_root_says_so():
    with pytest.raises(DataNotFoundError, match="ZSR_DATA is not set") as caught:
        find_part(SKETCH, None)
    assert "put the class folders into DATA/demo_sketches and set ZSR_DATA to DATA" in caught.value.remedy


def test_prepared_folder_that_was_moved_is_named(tmp_path):
    adopt(INFO, [PHOTO], make(tmp_path / "prepared", "river"))
    (tmp_path / "prepared").rename(tmp_path / "moved")
    with pytest.raises(DataNotFoundError, match=r"prepared \(no such folder\)"):
        find_part(PHOTO, None)


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"photo": 3}'])
def test_damaged_pointer_counts_as_nothing_prepared(text):
    pointer(INFO).parent.mkdir(parents=True)
    pointer(INFO).write_text(text)
    assert adopted(INFO) == {}


@pytest.mark.parametrize("nesting", ["", "demo", "demo/Images", "some/where/else", "Demo Set v2/photos"])
def test_class_folders_are_found_at_any_shallow_depth(tmp_path, nesting):
    base = make(tmp_path / "base", f"{nesting}/river".lstrip("/"), "unrelated/stuff")
    assert search(PHOTO, base) == base / nesting


def test_modality_in_the_path_decides_between_several(tmp_path):
    base = make(tmp_path / "base", "my Photos/river", "my Sketches/river")
    assert search(PHOTO, base) == base / "my Photos"
    assert search(SKETCH, base) == base / "my Sketches"


def test_several_that_could_be_meant(tmp_path):
    base = make(tmp_path / "base", "first/river", "second/river")
    with pytest.raises(BadInputError, match="first, second") as caught:
        search(PHOTO, base)
    assert "--from" in caught.value.remedy


def test_folder_without_classes_is_not_adopted(tmp_path):
    with pytest.raises(DataNotFoundError, match="no class folder of Demo Set"):
        adopt(INFO, [PHOTO], make(tmp_path / "base", "cats", "dogs"))
    assert not pointer(INFO).exists()


def test_parts_are_adopted_one_after_the_other(tmp_path):
    adopt(INFO, [PHOTO], make(tmp_path / "a", "river"))
    adopt(INFO, [SKETCH], make(tmp_path / "b", "river"))
    assert adopted(INFO) == {"photo": tmp_path / "a", "sketch": tmp_path / "b"}


def test_a_folder_named_after_another_modality_is_not_this_one(tmp_path):
    base = make(tmp_path / "base", "my Sketches/river")
    assert search(PHOTO, base) is search(PHOTO, base / "my Sketches") is None
    adopt(INFO, [PHOTO, SKETCH], base / "my Sketches")
    assert adopted(INFO) == {"sketch": base / "my Sketches"}


def test_one_folder_cannot_hold_two_modalities(tmp_path):
    with pytest.raises(BadInputError, match="does not say which of photo and sketch it holds"):
        adopt(INFO, [PHOTO, SKETCH], make(tmp_path / "base", "river"))
    assert adopted(INFO) == {}


def test_others_stand_in_only_where_the_own_items_are_missing(tmp_path):
    other = replace(INFO, name="other", folders={"photo": ("other",)})
    parts = [PHOTO, Part(other, "photo", "camera", stands_in=True), SKETCH]
    root = make(tmp_path, "other/river", "demo_sketches/river")
    assert [folder.name for _, folder in find_parts(parts, root)] == ["other", "demo_sketches"]
    make(root, "demo/river")
    assert [folder.name for _, folder in find_parts(parts, root)] == ["demo", "demo_sketches"]
    with pytest.raises(DataNotFoundError, match="photo items of Demo Set"):
        find_parts(parts, make(tmp_path / "empty", "demo_sketches/river"))
