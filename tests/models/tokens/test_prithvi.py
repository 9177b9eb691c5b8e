"""Prithvi's layout: its places against the formula written out, its weights against a network written plainly."""

import math

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError
from zsr_lib.models.tokens.prithvi import as_prithvi, frame_places, load_prithvi
from zsr_lib.models.tokens.trunk import Trunk, TrunkConfig

WIDTH, DEPTH, HEADS, PATCH, BANDS, SIDE = 32, 2, 4, 8, 6, 32
SMALL = TrunkConfig(WIDTH, DEPTH, HEADS, hidden=48, patch=PATCH, dropout=0.0)


class Block(nn.Module):
    """A layer under the names of timm."""

    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-6), nn.LayerNorm(WIDTH, eps=1e-6)
        self.attn = nn.ModuleDict({"qkv": nn.Linear(WIDTH, 3 * WIDTH), "proj": nn.Linear(WIDTH, WIDTH)})
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(WIDTH, 48), "fc2": nn.Linear(48, WIDTH)})

    def forward(self, x):
        q, k, v = self.attn["qkv"](self.norm1(x)).unflatten(2, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        attended = nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        x = x + self.attn["proj"](attended)
        return x + self.mlp["fc2"](nn.functional.gelu(self.mlp["fc1"](self.norm2(x))))


class Encoder(nn.Module):
    """A masked autoencoder's encoder of one frame, and a tensor of its decoder."""

    def __init__(self):
        super().__init__()
        self.cls_token = nn.Parameter(torch.randn(1, 1, WIDTH))
        self.pos_embed = nn.Parameter(torch.zeros(1, 3 * (SIDE // PATCH) ** 2 + 1, WIDTH))  # of three frames
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv3d(BANDS, WIDTH, (1, PATCH, PATCH), (1, PATCH, PATCH))})
        self.blocks, self.norm = nn.ModuleList(Block() for _ in range(DEPTH)), nn.LayerNorm(WIDTH, eps=1e-6)
        self.decoder_embed = nn.Linear(WIDTH, 8)

    def forward(self, images):
        patches = self.patch_embed["proj"](images[:, :, None]).flatten(2).mT
        tokens = torch.cat([self.cls_token.expand(len(images), -1, -1), patches], 1)
        tokens = tokens + frame_places(WIDTH, SIDE // PATCH)
        for block in self.blocks:
            tokens = block(tokens)
        return self.norm(tokens)


@pytest.fixture
def theirs():
    torch.manual_seed(0)
    return Encoder().eval()


@torch.no_grad()
@pytest.mark.parametrize("suffix", ["pt", "safetensors"])
def test_a_written_state_dict_gives_their_tokens(theirs, tmp_path, suffix):
    path, state = tmp_path / f"encoder.{suffix}", theirs.state_dict()
    if suffix == "pt":
        torch.save(state, path)
    else:
        save_file(state, path)
    trunk = Trunk(SMALL, SIDE, BANDS, levels=False).eval()
    as_prithvi(trunk)
    told = load_prithvi(trunk, str(path))
    images = torch.randn(2, BANDS, SIDE, SIDE)
    torch.testing.assert_close(trunk(images), theirs(images), rtol=1e-4, atol=1e-5)
    assert (told["classes"], len(told["sha256"])) == (None, 64)


def test_places_are_the_formula():
    places = frame_places(32, 3)[0]
    assert not places[0].any()
    row, column = 2, 1
    own, wide = places[1 + row * 3 + column], 12  # six sixteenths of 32
    for k in range(wide // 2):
        rate = 10_000 ** (-k / (wide / 2))
        wanted = [math.sin(column * rate), math.cos(column * rate), math.sin(row * rate), math.cos(row * rate)]
        found = [own[k], own[wide // 2 + k], own[wide + k], own[wide + wide // 2 + k]]
        assert [each.item() for each in found] == pytest.approx(wanted, abs=1e-6)
    assert own[24:].tolist() == [0.0] * 4 + [1.0] * 4  # the first and only moment
    with pytest.raises(BadInputError, match="width of 24"):
        frame_places(24, 3)


def test_files_that_do_not_fit_say_what_to_set(theirs, tmp_path):
    path = tmp_path / "encoder.pt"
    torch.save(theirs.state_dict(), path)
    with pytest.raises(BadFileError, match=r"4 bands: patches\.weight differ[\s\S]*six bands"):
        load_prithvi(Trunk(SMALL, SIDE, 4, levels=False), str(path))
    torch.save({"something": torch.zeros(1)}, path)
    with pytest.raises(BadFileError, match="does not fit a trunk of width 32"):
        load_prithvi(Trunk(SMALL, SIDE, BANDS, levels=False), str(path))
    with pytest.raises(DataNotFoundError, match=r"no weights file 'Prithvi_100M\.pt'[\s\S]*ZSR_WEIGHTS"):
        load_prithvi(Trunk(SMALL, SIDE, BANDS, levels=False), "Prithvi_100M.pt")
