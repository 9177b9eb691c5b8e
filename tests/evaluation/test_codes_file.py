import numpy as np
import pytest

from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError
from zsr_lib.evaluation.codes_file import aligned, read_codes


@pytest.fixture
def save(tmp_path):
    def save(name="codes.npz", **changes):
        arrays = {"query_codes": np.eye(3), "query_labels": np.array(list("abc")),
                  "gallery_codes": np.eye(3)[[0, 0, 1, 2]], "gallery_labels": np.array(list("aabc"))}  # fmt: skip
        arrays = {key: value for key, value in {**arrays, **changes}.items() if value is not None}
        np.savez(tmp_path / name, **arrays)
        return tmp_path / name

    return save


def test_reads_both_sides(save):
    codes = read_codes(save(query_ids=np.arange(3)))
    assert codes.queries.ids.tolist() == [0, 1, 2]
    assert codes.gallery.ids is None
    assert codes.gallery.labels.tolist() == list("aabc")


@pytest.mark.parametrize("name", ["query_labels", "query_codes"])
def test_pickled_arrays_are_refused_and_never_run(name, save, tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    path = save(**{name: np.array([Trap(), Trap(), Trap()], dtype=object)})
    with pytest.raises(BadFileError, match=r"pickled objects.*never as objects|pickled objects[\s\S]*never as objects"):
        read_codes(path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("content", [b"", b"\x80\x04\x95 pickle", b"PK\x03\x04 cut", b"hello"])
def test_files_of_another_kind(content, tmp_path):
    path = tmp_path / "codes.npz"
    path.write_bytes(content)
    with pytest.raises(BadFileError, match=r"numpy\.savez") as caught:
        read_codes(path)
    assert ("is no .npz file" in caught.value.problem) == (content in (b"hello", b"\x80\x04\x95 pickle"))


def test_a_truncated_file(save):
    path = save()
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(BadFileError):
        read_codes(path)


def test_a_damaged_file(save):
    path = save(query_codes=np.ones((3, 400)))
    content = bytearray(path.read_bytes())
    content[300:340] = b"\0" * 40
    path.write_bytes(content)
    with pytest.raises(BadFileError, match="cannot be read"):
        read_codes(path)


def test_a_single_array_or_no_file(tmp_path):
    np.save(tmp_path / "codes.npy", np.eye(3))
    with pytest.raises(BadFileError, match="single array"):
        read_codes(tmp_path / "codes.npy")
    with pytest.raises(DataNotFoundError, match="no file"):
        read_codes(tmp_path / "absent.npz")


@pytest.mark.parametrize(("changes", "error", "message"), [
    ({"gallery_labels": None}, BadFileError, "no gallery_labels; it holds query_codes"),
    ({"query_labels": np.arange(2)}, BadInputError, r"query: labels of shape \(2,\)"),
    ({"query_labels": np.int64(2)}, BadInputError, "query: labels"),
    ({"gallery_ids": np.arange(9)}, BadInputError, "gallery: ids"),
    ({"query_codes": np.float64(1)}, BadInputError, r"query_codes has shape \(\)"),
])  # fmt: skip
def test_arrays_that_do_not_fit(changes, error, message, save):
    with pytest.raises(error, match=message):
        read_codes(save(**changes))


def test_queries_are_aligned_by_id(save):
    first = read_codes(save(query_ids=np.array(list("xyz"))))
    second = read_codes(save("b.npz", query_ids=np.array(list("zxy")), query_labels=np.array(list("cab"))))
    assert aligned(first, second).queries.ids.tolist() == list("xyz")
    np.testing.assert_array_equal(aligned(first, second).queries.codes, np.eye(3)[[1, 2, 0]])


@pytest.mark.parametrize(("changes", "message"), [
    ({"query_labels": np.array(list("acb"))}, "query labels"),
    ({"gallery_labels": np.array(list("abbc"))}, "galleries differ"),
    ({"query_ids": np.array(list("xyw"))}, "other query_ids"),
])  # fmt: skip
def test_other_queries_or_galleries_cannot_be_paired(changes, message, save):
    first = read_codes(save(query_ids=np.array(list("xyz"))))
    with pytest.raises(BadInputError, match=message):
        aligned(first, read_codes(save("b.npz", **changes)))


def test_what_torch_saves_is_refused_by_name(tmp_path):
    import torch

    for name in ("codes.pt", "codes.npz"):
        torch.save({"query_codes": torch.eye(3)}, tmp_path / name)
        with pytest.raises(BadFileError, match=r"is what torch\.save writes") as caught:
            read_codes(tmp_path / name)
        assert "tensor.numpy()" in caught.value.remedy
