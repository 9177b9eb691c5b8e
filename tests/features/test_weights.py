import json
from urllib.error import URLError

import pytest
import torch
from safetensors.torch import save_file

from zsr_lib.errors import BadFileError, DataNotFoundError
from zsr_lib.features.small_cnn import SmallCNN
from zsr_lib.features.torchvision_import import import_torchvision
from zsr_lib.features.weights import checksum, find_weights, imagenet, imagenet_classes, read_weights

STATE = {"layer.weight": torch.arange(6.0).reshape(2, 3), "layer.bias": torch.ones(2, dtype=torch.float16)}


def written(path, state):
    if path.suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path)
    return path


@pytest.mark.parametrize("name", ["own.pth", "own.safetensors"])
def test_tensors_come_back_as_they_were(tmp_path, name):
    found = read_weights(written(tmp_path / name, STATE))
    assert found.classes is None
    assert found.state.keys() == STATE.keys()
    assert all(torch.equal(found.state[key], tensor) for key, tensor in STATE.items())


@pytest.mark.parametrize(
    "wrapped", [{"state_dict": STATE, "epoch": 3}, {f"module.{key}": value for key, value in STATE.items()}]
)
def test_usual_wrappings_are_taken_off(tmp_path, wrapped):
    assert read_weights(written(tmp_path / "w.pth", wrapped)).state.keys() == STATE.keys()


def test_a_file_may_say_which_classes_it_has_seen(tmp_path):
    save_file(STATE, tmp_path / "own.safetensors", metadata={"classes": json.dumps(["river", "harbor"])})
    assert read_weights(tmp_path / "own.safetensors").classes == ("river", "harbor")


@pytest.mark.parametrize(("name", "ways", "known"), [("x_imagenet.pth", 1000, True), ("x_imagenet.pth", 14, False)])
def test_imagenet_in_the_name_counts_with_a_thousand_ways(tmp_path, name, ways, known):
    found = read_weights(written(tmp_path / name, {"fc.weight": torch.zeros(ways, 2), "fc.bias": torch.zeros(ways)}))
    assert found.classes == (imagenet_classes() if known else None)


def test_imagenet_has_a_thousand_classes():
    assert len(imagenet_classes()) == 1000
    public = import_torchvision().models.ResNet18_Weights.IMAGENET1K_V1.meta["categories"]
    assert list(imagenet_classes()) == public
    assert {"airliner", "golf ball"} <= set(imagenet_classes())


@pytest.mark.parametrize("name", ["cut.pth", "cut.safetensors"])
def test_a_cut_file_is_named(tmp_path, name):
    path = written(tmp_path / name, STATE)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(BadFileError, match=name):
        read_weights(path)


@pytest.mark.parametrize("content", [b"", b"no tensors at all"])
@pytest.mark.parametrize("name", ["odd.pth", "odd.safetensors"])
def test_something_else_than_weights_is_named(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadFileError, match=name):
        read_weights(tmp_path / name)


@pytest.mark.parametrize("content", [[1, 2], {}, {"epoch": 3}, torch.zeros(2)])
def test_what_is_no_state_dict_is_refused(tmp_path, content):
    with pytest.raises(BadFileError, match="no state dict"):
        read_weights(written(tmp_path / "odd.pth", content))


class Malicious:
    def __reduce__(self):
        return print, ("code ran",)


def test_code_in_a_file_never_runs(tmp_path, capsys):
    with pytest.raises(BadFileError, match="never run"):
        read_weights(written(tmp_path / "bad.pth", {"a": Malicious()}))
    assert not capsys.readouterr().out


def test_files_are_found_by_path_and_by_name(tmp_path, monkeypatch):
    path = written(tmp_path / "own.pth", STATE)
    assert find_weights(str(path)) == path
    monkeypatch.setenv("ZSR_WEIGHTS", str(tmp_path))
    assert find_weights("own.pth") == path


def test_a_missing_file_names_those_that_exist(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_WEIGHTS", str(tmp_path))
    written(tmp_path / "mobilenet.pth", STATE)
    with pytest.raises(DataNotFoundError) as caught:
        find_weights("mobilnet.pth")
    assert "found: mobilenet.pth" in caught.value.problem
    assert "did you mean mobilenet.pth" in caught.value.remedy


def test_without_a_network_the_download_says_what_to_do(tmp_path, monkeypatch):
    def offline(*_, **__):
        raise URLError("no route")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub.urlopen", offline)
    with pytest.raises(DataNotFoundError, match="no route") as caught:
        imagenet("resnet18")
    assert "https://download.pytorch.org/models/resnet18" in caught.value.remedy


def test_only_torchvisions_own_have_imagenet_weights():
    with pytest.raises(DataNotFoundError, match="small_cnn"):
        imagenet("small_cnn")


def test_the_checksum_sees_every_weight():
    torch.manual_seed(0)
    network = SmallCNN()
    before = checksum(network)
    assert checksum(network.to(memory_format=torch.channels_last)) == before
    with torch.no_grad():
        network[3][1].bias[5] += 1
    assert checksum(network) != before


@pytest.mark.real_data
def test_the_shared_mobilenet_is_an_imagenet_model():
    found = read_weights(find_weights("mobilenet_v2_imagenet.pth"))
    assert len(found.classes) == 1000
