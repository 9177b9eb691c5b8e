from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from safetensors.torch import save_file

from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError
from zsr_lib.features.torchvision_import import import_torchvision
from zsr_lib.models.tokens.trunk import Trunk, TrunkConfig

SMALL = TrunkConfig(width=24, depth=3, heads=4, hidden=20, patch=8, dropout=0.0)


@pytest.fixture
def images():
    return torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def torchvision_vit(tmp_path):
    """A small vision transformer of torchvision's, and its weights in a file."""
    kind = import_torchvision().models.vision_transformer.VisionTransformer
    torch.manual_seed(0)
    made = kind(image_size=32, patch_size=8, num_layers=3, num_heads=4, hidden_dim=24, mlp_dim=20, num_classes=5)
    torch.nn.init.normal_(made.class_token)
    path = tmp_path / "vit.safetensors"
    save_file(made.state_dict(), path)
    return made.eval(), path


@torch.no_grad()
def test_with_torchvisions_weights_it_is_torchvisions_network(torchvision_vit, images):
    theirs, path = torchvision_vit
    theirs.heads = torch.nn.Identity()  # gives the CLS token
    trunk = Trunk(replace(SMALL, weights=str(path)), 32, 3, levels=False).eval()
    trunk.load_pretrained()
    torch.testing.assert_close(trunk(images)[:, 0], theirs(images), rtol=1e-4, atol=1e-5)


def test_weights_of_another_size_are_refused(torchvision_vit):
    other = Trunk(replace(SMALL, width=16, weights=str(torchvision_vit[1])), 32, 3)
    with pytest.raises(BadFileError, match=r"does not fit a trunk of width 16[\s\S]*set trunk and size"):
        other.load_pretrained()
    with pytest.raises(DataNotFoundError, match=r"no weights file 'nowhere\.pth'"):
        Trunk(replace(SMALL, weights="nowhere.pth"), 32, 3).load_pretrained()
    with pytest.raises(BadInputError, match=r"torchvision has no ViT of width 24[\s\S]*vit_b_16"):
        Trunk(replace(SMALL, weights="imagenet"), 32, 3).load_pretrained()


def test_without_weights_nothing_is_loaded():
    trunk = Trunk(SMALL, 32, 3)
    before = {name: value.clone() for name, value in trunk.state_dict().items()}
    trunk.load_pretrained()
    assert all(torch.equal(before[name], value) for name, value in trunk.state_dict().items())


@torch.no_grad()
def test_levels_are_averaged_with_patches(images):
    trunk = Trunk(SMALL, 32, 3).eval()
    found = trunk.embedded(images) - trunk.places
    expected = (trunk.patches(images) + trunk.levels(images)) / 2  # (B, D, 4, 4)
    torch.testing.assert_close(found[:, 1:], expected.flatten(2).transpose(1, 2))
    assert torch.equal(found[:, 0] + trunk.places[:, 0], (trunk.first + trunk.places[:, :1])[:, 0].expand(2, -1))


def test_levels_of_the_published_size_are_the_published_ones():
    with torch.device("meta"):
        layers = [each for each in Trunk(TrunkConfig(), 224, 3).levels if isinstance(each, torch.nn.Conv2d)]
    assert [(each.out_channels, each.kernel_size[0], each.stride[0]) for each in layers] == [
        *((64, 7, 2), (128, 3, 2), (256, 3, 2), (768, 3, 2)),
    ]
    assert all(each.bias is None for each in layers)


@torch.no_grad()
def test_what_was_looked_at_is_told_by_place(images):
    trunk = Trunk(replace(SMALL, keep=(1.0, 0.5, 0.5)), 32, 3).eval()
    looked = []
    tokens = trunk(images, looked)
    assert (tokens.shape, trunk.count) == ((2, 1 + 4, 24), 4)
    assert [(each.places.shape[1], each.kept.shape[1]) for each in looked] == [(16, 16), (16, 8), (8, 4)]
    for earlier, later in pairwise(looked):
        assert torch.equal(earlier.kept, later.places)
        rows = zip(later.kept.tolist(), later.places.tolist(), strict=True)
        assert all(set(kept) <= set(came) for kept, came in rows)
    weights = looked[2].attention[0].tolist()
    assert looked[2].places[0, weights.index(max(weights))] in looked[2].kept[0]
    assert all(torch.equal(each.kept, each.kept.sort(dim=1).values) for each in looked)
    assert all((each.attention.sum(dim=1) > 0).all() and (each.attention.sum(dim=1) < 1).all() for each in looked)


def test_bad_sizes():
    with pytest.raises(BadInputError, match="30 pixels do not divide into patches of 8"):
        Trunk(SMALL, 30, 3)
    with pytest.raises(BadInputError, match="patches of 4 that four convolutions reach"):
        Trunk(replace(SMALL, patch=4), 32, 3)
    Trunk(replace(SMALL, patch=4), 32, 3, levels=False)
    with pytest.raises(BadInputError, match="2 keep rates for 3 layers"):
        TrunkConfig(width=24, depth=3, keep=(1.0, 0.9))
