"""With a small model of open_clip and random weights: none are at hand."""

import json

import numpy as np
import pytest
import torch

from tests.features.test_sentences import text_of
from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError, UnknownNameError
from zsr_lib.features.clip_text import clip_text
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import make_extractor
from zsr_lib.features.torchvision_import import import_torchvision

TINY = {
    "embed_dim": 8,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 64, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1},
}


@pytest.fixture
def open_clip(tmp_path, monkeypatch):
    """The package with one more model, `tiny-clip`, whose weights lie in the weights' folder."""
    import_torchvision()
    package = pytest.importorskip("open_clip")
    (tmp_path / "tiny-clip.json").write_text(json.dumps(TINY))
    package.add_model_config(tmp_path / "tiny-clip.json")
    torch.manual_seed(0)
    torch.save(package.create_model("tiny-clip").state_dict(), tmp_path / "tiny.pth")
    monkeypatch.setenv("ZSR_WEIGHTS", str(tmp_path))
    return package


def test_a_sentence_has_the_towers_code_whoever_stands_beside_it(open_clip):
    model = open_clip.create_model("tiny-clip", pretrained=clip_path()).eval()
    said = ["a runway", "a river between two hills"]
    with torch.inference_mode():
        expected = model.encode_text(open_clip.get_tokenizer("tiny-clip")(said)).numpy()
    extractor = make_extractor(FeaturesConfig("open_clip", "tiny-clip:tiny.pth"))
    made = extractor(text_of(*said))
    np.testing.assert_allclose(made, expected / np.linalg.norm(expected, axis=1, keepdims=True), rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(clip_text("tiny-clip:tiny.pth")(np.array(said[1:])), made[1:])
    assert (made.dtype, extractor.dimension, extractor.classes) == (np.float32, 8, None)


def clip_path():
    from zsr_lib.features.weights import find_weights

    return str(find_weights("tiny.pth"))


def test_what_is_not_here_says_what_to_write(open_clip, tmp_path):
    with pytest.raises(BadInputError, match=r"names no model of open_clip with weights[\s\S]*ViT-B-32:"):
        clip_text("ViT-B-32")
    with pytest.raises(UnknownNameError, match=r"model of open_clip 'ViT-B-33'"):
        clip_text("ViT-B-33:openai")
    with pytest.raises(DataNotFoundError, match=r"no weights file 'small\.pth'[\s\S]*MODEL:WEIGHTS"):
        clip_text("tiny-clip:small.pth")
    (tmp_path / "damaged.pth").write_bytes(b"no weights")
    with pytest.raises(BadFileError, match=r"weights '.*damaged\.pth' of tiny-clip cannot be had"):
        clip_text("tiny-clip:damaged.pth")
    with pytest.raises(BadInputError, match="another script"):
        clip_text("tiny-clip:tiny.pth")(np.array(["взлётная полоса"]))


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "open_clip", None)
    with pytest.raises(DataNotFoundError, match=r"open_clip is not installed[\s\S]*zsr-lib\[clip\]"):
        clip_text("ViT-B-32:openai")
