import numpy as np
import pytest

from zsr_lib.data.datasets import dataset_info, load_dataset
from zsr_lib.data.splits import get_split, settled
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError

from .conftest import draw_sketches, draw_tile


@pytest.fixture
def own(tmp_path, cache):
    """Photos, sketches and heights of my classes, each in a spelling of its own; one class has photos only."""
    for seed, (modality, names) in enumerate(
        [("photo", ("River", "windmill", "car park")), ("sketch", ("rivers", "parking lot")), ("dem", ("River",))]
    ):
        for name in names:
            for index in range(3):
                draw_tile(tmp_path / "my data" / modality / name / f"{index}.png", 100 * seed + index)
    return tmp_path / "my data"


def load(own, **options):
    return load_dataset(f"folder:{own}", 8, progress=False, **options)


def test_folders_are_modalities_and_the_folders_in_them_classes(own):
    dataset = load(own)
    assert dataset.classes == ("River", "car park", "windmill")
    assert list(dataset.items) == ["photo", "dem", "sketch"]
    assert [items.origin for items in dataset.items.values()] == ["camera", "camera", "hand"]
    assert dataset.sketches.ids.tolist() == [f"{name}/{k}" for name in ("River", "car park") for k in range(3)]
    assert "no sketch of: windmill" in dataset.notes
    assert dataset_info(f"folder:{own}").expected == {"photo": 9, "dem": 3, "sketch": 6}


def test_the_data_root_does_not_matter(own, tmp_path, monkeypatch):
    (tmp_path / "root").mkdir()
    monkeypatch.setenv("ZSR_DATA", str(tmp_path / "root"))
    first = load(own)
    own.rename(tmp_path / "moved")
    assert load(tmp_path / "moved").checksum == first.checksum
    monkeypatch.chdir(tmp_path)
    np.testing.assert_array_equal(load("moved").photos.pixels, first.photos.pixels)


@pytest.mark.parametrize(
    ("name", "text", "seen"),
    [
        ("mine.txt", "# unseen\nriver  # the wide ones\n\n", ("car park", "windmill")),
        ("mine.yaml", "unseen: [river]\n", ("car park", "windmill")),
        ("mine.yml", "unseen: [rivers]\nseen: [wind mill]\n", ("windmill",)),
    ],
)
def test_a_split_is_read_from_a_file(own, tmp_path, name, text, seen):
    (tmp_path / name).write_text(text)
    task = build_task(load(own), str(tmp_path / name), validation_classes=0)
    assert (task.split.name, task.unseen, task.seen) == ("mine", ("River",), seen)
    assert len(task.queries()) == 3


def test_a_list_that_was_changed_is_another_split(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("river\n")
    name = settled(str(path))
    assert (settled(name), get_split(name).unseen) == (name, ("river",))
    path.write_text("harbor\n")
    assert settled(str(path)) != name
    with pytest.raises(BadFileError, match="was changed"):
        get_split(name)
    assert settled("eoc-10-4") == "eoc-10-4"


@pytest.mark.parametrize(
    ("text", "message"), [("rivr\n", "unknown class 'rivr'.[\\s\\S]*did you mean River"), ("", "no unseen class")]
)
def test_lists_that_do_not_fit_say_why(own, tmp_path, text, message):
    (tmp_path / "mine.txt").write_text(text)
    with pytest.raises(BadInputError, match=message):
        build_task(load(own), str(tmp_path / "mine.txt"))
    with pytest.raises(DataNotFoundError, match="no split list"):
        build_task(load(own), "other.txt")


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda own: own / "nowhere", DataNotFoundError, "there is no folder '.*nowhere'"),
        (lambda own: own / "photo" / "River", BadInputError, "holds no folders.*\n.*photo/<class>/"),
        (lambda own: own / "photo", BadInputError, "River' has no class folders.*\n.*sketch/<class>/"),
    ],
)
def test_folders_of_another_layout_say_what_to_do(own, make, error, message):
    with pytest.raises(error, match=message):
        load(make(own))


def test_empty_classes_unreadable_files_and_odd_names(own):
    (own / "photo" / "harbor").mkdir()
    with pytest.raises(BadFileError, match="harbor holds no image"):
        load(own)
    (own / "photo" / "harbor" / "1.png").write_bytes(b"no picture")
    with pytest.raises(BadFileError, match=r"not an image[\s\S]*prepare 'folder:.*my data' --size 8 --skip-bad"):
        load(own)
    assert len(load(own, skip_bad=True).photos) == 9
    draw_sketches(own / "photo", ("Harbour",))
    with pytest.raises(BadFileError, match="both mean the class"):
        load(own)
    draw_sketches(own / "photo→sketch", ("river",))
    with pytest.raises(BadInputError, match="no name for a modality"):
        load(own)
