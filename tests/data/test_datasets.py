import numpy as np
import pytest

from zsr_lib.data.datasets import dataset_info, dataset_names, load_dataset
from zsr_lib.data.names import class_key
from zsr_lib.data.registry import get_source
from zsr_lib.errors import BadInputError, DataNotFoundError, UnknownNameError


def test_names_start_with_the_one_that_needs_nothing(cache):
    assert dataset_names() == (
        *("generated", "ucmerced", "eoc", "sketchy", "tuberlin"),
        *("sen12", "pan_ms", "generated_heights", "generated_bands", "voc"),
        *("ucm_text_speech", "generated_text", "ucm_words", "sketchy_named"),
    )
    assert get_source("generated").find(None) == {}


@pytest.mark.parametrize("name", dataset_names())
def test_every_info_is_complete_and_under_its_name(name):
    info = dataset_info(name)
    assert info.name == name
    assert len(set(info.classes)) == len(info.classes)
    assert len(info.classes) >= 3 or info.classes == ("",)  # photos without a class
    named = [each for each in info.classes if each]
    assert named == sorted(named)
    assert info.modalities[0] == "photo" or "photo" not in info.modalities
    assert all(count >= len(info.classes) for count in info.expected.values())
    assert len({class_key(each) for each in info.classes}) == len(info.classes)
    assert all((info.title, info.terms, info.citation, info.page))


def test_published_facts():
    ucmerced, eoc = dataset_info("ucmerced"), dataset_info("eoc")
    assert [len(dataset_info(name).classes) for name in ("sketchy", "tuberlin")] == [125, 250]
    assert dict(dataset_info("sketchy").expected) == {"photo": 12_500, "sketch": 75_481}
    assert dict(dataset_info("tuberlin").expected) == {"photo": 204_489, "sketch": 20_000}
    assert dict(ucmerced.expected) == {"photo": 2100}
    assert dict(eoc.expected) == {"photo": 1400, "sketch": 1400}
    assert set(eoc.classes) < set(ucmerced.classes)
    assert ucmerced.archive.md5 == "5b7ec56793786b6dc8a908e8854ac0e4"
    assert eoc.login
    assert eoc.archive is None


def test_root_is_the_argument_or_the_setting(root, monkeypatch):
    given = load_dataset("eoc", 8, root, progress=False)
    monkeypatch.setenv("ZSR_DATA", str(root))
    assert load_dataset("eoc", 8, progress=False).checksum == given.checksum
    assert list(given.items) == ["photo", "sketch"]


def test_without_data_the_error_says_what_to_do(cache):
    with pytest.raises(DataNotFoundError, match="ZSR_DATA is not set") as caught:
        load_dataset("ucmerced")
    assert "zsr data prepare ucmerced" in caught.value.remedy


def test_missing_data_root(cache, tmp_path):
    with pytest.raises(DataNotFoundError, match="is not a folder") as caught:
        load_dataset("ucmerced", root=tmp_path / "typo")
    assert "ZSR_DATA" in caught.value.remedy


def test_unknown_name_and_option_name_the_nearest(root):
    with pytest.raises(UnknownNameError, match="did you mean ucmerced"):
        load_dataset("ucmercd")
    with pytest.raises(UnknownNameError, match="did you mean skip_bad"):
        load_dataset("ucmerced", root=root, skipbad=True)
    with pytest.raises(UnknownNameError, match="option of data set generated 'skip_bad'"):
        load_dataset("generated", skip_bad=True)


@pytest.mark.parametrize("size", [0, 7, 1025, -64])
def test_size_out_of_range(root, size):
    with pytest.raises(BadInputError, match=f"image size is {size}"):
        load_dataset("ucmerced", size, root)


def test_rows_can_be_taken_from_the_memory_map(root):
    photos = load_dataset("ucmerced", 8, root, progress=False).photos
    rows = np.array([41, 0, 7])
    assert np.array_equal(photos.take(rows).pixels, np.asarray(photos.pixels)[rows])
