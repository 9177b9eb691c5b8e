import pytest

from zsr_lib.data.listing import holds_classes, list_images, merged
from zsr_lib.errors import BadFileError, UnknownNameError

CLASSES = ("airplane", "river", "runway")


@pytest.fixture
def folder(tmp_path):
    """Two class folders with files of many kinds."""
    for name in ("runway/10.jpg", "runway/2.JPG", "runway/1.tif", "Aeroplane/b.png", "Aeroplane/a.jpeg"):
        touch(tmp_path, name)
    return tmp_path


def touch(folder, name):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_order_ids_labels_and_counts(folder):
    files = list_images(folder, CLASSES, CLASSES)
    assert files.ids == ("airplane/a", "airplane/b", "runway/1", "runway/2", "runway/10")
    assert files.labels == (0, 0, 2, 2, 2)
    assert [path.name for path in files.paths] == ["a.jpeg", "b.png", "1.tif", "2.JPG", "10.jpg"]
    assert files.counts(CLASSES) == (2, 0, 3)
    assert len(files) == 5


def test_other_files_and_hidden_folders_are_passed_over(folder):
    for name in ("readme.txt", "runway/Thumbs.db", "runway/._1.jpg", ".git/x.jpg", "__MACOSX/runway/1.jpg"):
        touch(folder, name)
    assert len(list_images(folder, CLASSES, CLASSES)) == 5


def test_known_classes_that_are_not_wanted_are_passed_over(folder):
    files = list_images(folder, CLASSES, ("river", "runway"))
    assert set(files.labels) == {1}


def test_class_folder_without_images_is_an_error_unless_allowed(folder):
    touch(folder, "river/notes.txt")
    with pytest.raises(BadFileError, match="river holds no image") as caught:
        list_images(folder, CLASSES, CLASSES)
    assert "remove the folder" in caught.value.remedy
    assert len(list_images(folder, CLASSES, CLASSES, empty_allowed=True)) == 5


def test_unknown_class_folder_names_the_nearest(folder):
    touch(folder, "runwy/1.jpg")
    with pytest.raises(UnknownNameError, match=r"runwy") as caught:
        list_images(folder, CLASSES, CLASSES)
    assert "rename it if it means runway" in caught.value.remedy


def test_two_folders_of_one_class(folder):
    touch(folder, "airplane/z.jpg")
    with pytest.raises(BadFileError, match="both mean the class airplane"):
        list_images(folder, CLASSES, CLASSES)


def test_two_files_of_one_name(folder):
    touch(folder, "runway/2.tif")
    with pytest.raises(BadFileError, match="share one name"):
        list_images(folder, CLASSES, CLASSES)


def test_holds_classes_counts_matching_folders(folder):
    touch(folder, "something else/1.jpg")
    assert holds_classes(folder, CLASSES) == 2


def test_wanted_classes_may_be_spelled_otherwise_than_the_known_ones(folder):
    files = list_images(folder, CLASSES, ("Air-Planes", "motorway"))
    assert files.ids == ("Air-Planes/a", "Air-Planes/b")


def test_folders_are_merged_class_by_class(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    for name in ("river/z.png", "airplane/z.png"):
        touch(other, name)
    both = merged([list_images(folder, CLASSES, CLASSES), list_images(other, CLASSES, CLASSES)])
    assert both.ids == ("airplane/a", "airplane/b", "airplane/z", "river/z", "runway/1", "runway/2", "runway/10")
    assert both.labels == (0, 0, 0, 1, 2, 2, 2)
    assert [path.parent.parent for path in both.paths[1:4]] == [folder, other, other]
    assert len(merged([])) == 0
