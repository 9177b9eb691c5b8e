import pytest

from zsr_lib.data.datasets import dataset_info, load_dataset
from zsr_lib.data.sets.rsketch import as_laid_out
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadFileError, BadInputError

from ..conftest import draw_tile

SEEN, UNSEEN = ("river", "beach", "runway"), ("golf_course", "airplane")


@pytest.fixture
def layout(tmp_path, cache):
    """Two photos and two sketches of each class, in folders that a disk may list in any order."""
    folder = tmp_path / "RSketch_S1_ext"
    for part, names in (("train", SEEN), ("test", UNSEEN)):
        photos, sketches = ("image", "sketch") if part == "train" else ("database", "query")
        for number, name in enumerate(names):
            for stem in (10, 2):
                draw_tile(folder / part / photos / name / f"{stem}.png", 10 * number + stem)
                draw_tile(folder / part / sketches / name / f"{stem}.png", 1000 + 10 * number + stem)
    return folder


def load(layout, **options):
    return load_dataset(f"folder:{layout}", 8, progress=False, **options)


def test_train_and_test_are_one_data_set_with_sorted_classes(layout):
    dataset = load(layout)
    assert dataset.classes == ("airplane", "beach", "golf_course", "river", "runway")
    assert list(dataset.items) == ["photo", "sketch"]
    expected = [f"{name}/{stem}" for name in dataset.classes for stem in (2, 10)]
    assert dataset.photos.ids.tolist() == dataset.sketches.ids.tolist() == expected
    assert dataset_info(f"folder:{layout}").expected == {"photo": 10, "sketch": 10}
    assert (dataset.photos.origin, dataset.sketches.origin) == ("camera", "hand")


def test_the_split_is_what_lies_in_test(layout):
    dataset = load(layout)
    task = build_task(dataset, as_laid_out(layout, dataset.name), validation_classes=1)
    assert sorted((*task.seen, *task.validation)) == sorted(SEEN)
    assert set(task.unseen) == set(UNSEEN)
    assert sorted(set(task.queries().class_names)) == sorted(UNSEEN)
    assert (len(task.queries()), len(task.gallery())) == (4, 4)


def test_a_class_of_both_is_unseen_and_its_files_may_not_share_names(layout):
    draw_tile(layout / "test" / "database" / "river" / "77.png", 5)
    split = as_laid_out(layout, "mine")
    assert (split.seen, split.unseen) == (("beach", "runway"), ("airplane", "golf_course", "river"))
    assert len(load(layout).photos.of_classes(["river"])) == 3
    draw_tile(layout / "test" / "database" / "river" / "2.png", 6)
    with pytest.raises(BadInputError, match="ids repeat"):
        load(layout)


def test_another_split_is_a_list_of_ones_own(layout, tmp_path):
    (tmp_path / "mine.txt").write_text("beach\n")
    assert build_task(load(layout), str(tmp_path / "mine.txt"), validation_classes=0).unseen == ("beach",)


def test_moving_the_folder_changes_no_checksum(layout, tmp_path):
    before = load(layout).checksum
    moved = layout.rename(tmp_path / "elsewhere")
    assert load(moved).checksum == before


def test_an_empty_class_folder_and_half_a_layout_are_errors(layout):
    (layout / "train" / "image" / "harbor").mkdir()
    with pytest.raises(BadFileError, match="harbor holds no image"):
        load(layout)
    (layout / "train" / "image" / "harbor").rmdir()
    (layout / "test" / "query").rename(layout / "test" / "queries")
    with pytest.raises(BadFileError, match="database holds no image"):  # then test and train are two modalities
        load(layout)
