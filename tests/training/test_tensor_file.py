import pytest
import torch

from zsr_lib.training.tensor_file import read_tensors, write_tensors


def test_every_type_and_shape_comes_back(tmp_path):
    shared = torch.arange(6.0)
    tensors = {
        "scalar": torch.tensor(3.5),
        "empty": torch.zeros(0, 2),
        "bf16": torch.randn(3, 2).bfloat16(),
        "flags": torch.tensor([True, False]),
        "count": torch.tensor(7),
        "one": shared,
        "other": shared[2:],
        "turned": torch.randn(2, 3).T,
        "last": torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last),
    }
    write_tensors(tmp_path / "file", tensors, {"score": 0.1, "name": "flüsse"})
    found, about = read_tensors(tmp_path / "file")
    assert about == {"score": 0.1, "name": "flüsse"}
    assert found.keys() == tensors.keys()
    for name, value in tensors.items():
        assert found[name].dtype == value.dtype
        assert torch.equal(found[name], value)


def test_writing_is_repeatable(tmp_path):
    for name in "ab":
        write_tensors(tmp_path / name, {"x": torch.arange(5), "y": torch.ones(2)}, {"step": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_text_and_tensors_are_both_checked(tmp_path):
    path = tmp_path / "file"
    write_tensors(path, {"x": torch.arange(5)}, {"step": 1234})
    path.write_bytes(path.read_bytes().replace(b"1234", b"1235"))
    with pytest.raises(ValueError, match="checksum"):
        read_tensors(path)


def test_a_foreign_file_is_refused(tmp_path):
    from safetensors.torch import save_file

    save_file({"x": torch.ones(1)}, tmp_path / "file")
    with pytest.raises(ValueError, match="checksum"):
        read_tensors(tmp_path / "file")
