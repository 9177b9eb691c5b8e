"""Three pilots of what the house carries: tokens that rank again, bands paired by place, images and sentences."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from tests.data.sets.test_pan_ms import draw_scene
from tests.models.shapes import CLASSES, SPLIT, shapes, shapes_task
from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset
from zsr_lib.data.sets.pan_ms import FILES
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError
from zsr_lib.experiments.cells import cells_of
from zsr_lib.experiments.config import RetrievalConfig
from zsr_lib.experiments.contract import CONTRACT, Asked
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.reading import read_plan
from zsr_lib.experiments.run_cell import Where, run_cell
from zsr_lib.experiments.scoring import score
from zsr_lib.losses.triplet import cross_modal_triplet
from zsr_lib.models import registry
from zsr_lib.models.bases.on_pixels import PixelMethod, TokenMethod
from zsr_lib.models.registry import create
from zsr_lib.reporting.record import Provenance
from zsr_lib.training.config import Run, TrainingConfig

QUIET = Run(progress=False)
AP, WAY = ("AP@all/std",), ("sketch→photo",)


@dataclass(frozen=True)
class PilotConfig:
    """Options of both networks here."""

    size: int = 32
    width: int = 32
    augment: bool = True
    training: TrainingConfig = field(default_factory=lambda: TrainingConfig(steps=60, batch_size=16))


class TokenNet(nn.Module):
    """Patches of 8 pixels as tokens behind a CLS token, one layer of attention, and a relation of token sets."""

    def __init__(self, sizes, side, width):
        super().__init__()
        self.patches = nn.ModuleDict({name: nn.Conv2d(bands, width, 8, 8) for name, bands in sizes.features.items()})
        self.first = nn.Parameter(torch.zeros(1, 1 + (side // 8) ** 2, width))
        self.attention = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True)
        self.classifier = nn.Linear(width, sizes.classes)

    def _all(self, modality: str, images: Tensor) -> Tensor:
        patches = self.patches[modality](images).flatten(2).transpose(1, 2)  # (B, T, D)
        start = torch.zeros_like(patches[:, :1])
        return self.attention(torch.cat([start, patches], dim=1) + self.first)  # (B, 1 + T, D)

    def encode(self, modality: str, images: Tensor) -> Tensor:
        return self._all(modality, images)[:, 0]

    def tokens(self, modality: str, images: Tensor) -> Tensor:
        return self._all(modality, images)[:, 1:]

    def relate(self, queries: Tensor, gallery: Tensor) -> Tensor:
        """How well each query token finds one like it, on average."""
        alike = normalize(queries, dim=2) @ normalize(gallery, dim=2).transpose(1, 2)  # (P, T, T)
        return alike.amax(dim=2).mean(dim=1)


class Tokens(TokenMethod):
    Config = PilotConfig
    distance = "euclidean"
    pairs = 50

    def network(self, sizes):
        return TokenNet(sizes, self.config.size, self.config.width)

    def loss(self, batch):
        photo, sketch = (self.net.encode(name, batch[name]) for name in ("photo", "sketch"))
        others = (self.net.encode(name, batch.other(name)) for name in ("photo", "sketch"))
        scores = self.net.classifier(torch.cat([photo, sketch]))
        return {
            "triplet": cross_modal_triplet(photo, sketch, *others, 0.5, "both"),
            "classification": cross_entropy(scores, batch.labels.repeat(2)),
        }


class Partners(PixelMethod):
    """Two towers that bring partner tiles together, all others of the batch apart."""

    Config = PilotConfig
    partners = True

    def network(self, sizes):
        towers = {
            name: nn.Sequential(nn.Conv2d(bands, self.config.width, 4, 4), nn.ReLU(), nn.Flatten(), nn.LazyLinear(16))
            for name, bands in sizes.features.items()
        }
        for name, bands in sizes.features.items():
            towers[name](torch.zeros(1, bands, self.config.size, self.config.size))
        net = nn.ModuleDict(towers)
        net.encode = lambda modality, images: net[modality](images)
        return net

    def loss(self, batch):
        pan, ms = (normalize(self.net.encode(name, batch[name]), dim=1) for name in ("pan", "ms"))
        alike = pan @ ms.T / 0.1  # (N, N)
        partner = torch.arange(len(pan), device=pan.device)
        return {"contrastive": cross_entropy(alike, partner) + cross_entropy(alike.T, partner)}


@pytest.fixture(autouse=True)
def _registered(monkeypatch, tmp_path):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(registry, "METHODS", dict(registry.METHODS))
    monkeypatch.setattr(registry, "_FOUND", dict(registry._FOUND))
    registry.register("pilot_tokens", Tokens)
    registry.register("pilot_partners", Partners)


@pytest.fixture(scope="module")
def tokens():
    """A fitted token network, and its task."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(registry.METHODS, "pilot_tokens", f"{__name__}:Tokens")
        patch.setitem(registry._FOUND, "pilot_tokens", Tokens)
        # From random weights, four classes teach little about others: no margin above chance is asked for.
        made = Asked("pilot_tokens", {}, shapes_task())
        assert made.codes.shape == (12, 32)
        return made


@pytest.mark.parametrize("holds", CONTRACT, ids=lambda holds: holds.__name__)
def test_a_token_network_keeps_the_contract(tokens, holds, tmp_path):
    holds(tokens, tmp_path)


def order_of(scores, codes_far):
    """Rows of the gallery by falling score; what has none comes after, by rising distance of the codes."""
    return sorted(range(len(codes_far)), key=lambda row: (-scores.get(row, -np.inf), codes_far[row]))


@pytest.mark.parametrize("depth", [0, 5, 12])
def test_the_first_are_ranked_again_by_their_tokens(tokens, depth):
    method, task = tokens.method, tokens.task
    found = score(method, task, AP, WAY, RetrievalConfig(rerank=depth))[WAY[0]].evaluation
    assert ("re-ranked" in found.protocol.name) == bool(depth)
    queries, gallery = task.queries(), task.gallery()
    far = np.linalg.norm(method.embed(queries)[:, None] - method.embed(gallery)[None], axis=2)
    one, other = torch.from_numpy(method.tokens(queries)), torch.from_numpy(method.tokens(gallery))
    assert one.shape == (12, 16, 32)
    expected = []
    for row in range(len(queries)):
        first = np.argsort(far[row], kind="stable")[:depth]
        with torch.inference_mode():
            scores = {int(column): float(method.net.relate(one[row : row + 1], other[[column]])) for column in first}
        hits = gallery.labels[order_of(scores, far[row])] == queries.labels[row]
        expected.append((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())
    assert found.micro(AP[0]) == pytest.approx(np.mean(expected), abs=1e-6)


def test_other_bands_than_those_it_was_fitted_on_are_refused(tokens):
    photos = tokens.task.gallery()
    with pytest.raises(BadInputError, match=r"1 bands; 'pilot_tokens' was fitted on 3 bands"):
        tokens.method.embed(replace(photos, pixels=photos.pixels[..., :1]))
    with pytest.raises(BadInputError, match="no encoder for modality 'pan'"):
        tokens.method.embed(replace(photos, modality="pan"))


def test_deeper_than_the_gallery_is_refused(tokens):
    with pytest.raises(BadInputError, match="13"):
        score(tokens.method, tokens.task, AP, WAY, RetrievalConfig(rerank=13))


def run(tmp_path, root, text):
    """The record of a one-cell experiment."""
    path = tmp_path / "pilot.yaml"
    path.write_text(text, encoding="utf-8")
    where = Where(tmp_path / "runs", Provenance.now({}), progress=False)
    return run_cell(cells_of(read_plan(path))[0], Materials(root, progress=False), where)[0]


PAN_MS = """
title: Partner tiles
data: {{dataset: pan_ms, size: {size}, validation_classes: 0}}
splits: [by-place-20-guard-{guard}-choice-0]
method: pilot_partners
config: {{size: 16, augment: false, training: {{steps: {steps}, batch_size: 32, learning_rate: 0.003}}}}
directions: [pan→ms, ms→pan]
retrieval: {{relevance: pair}}
metrics: [AP@all/std]
"""


def test_partner_tiles_find_each_other(tmp_path):
    for name in FILES.values():
        draw_scene(tmp_path / "data" / "pan_ms" / name)
    record = run(tmp_path, tmp_path / "data", PAN_MS.format(size=16, guard=16, steps=150))
    for direction in ("pan→ms", "ms→pan"):
        protocol = record.results[direction]["protocol"]
        assert "relevant by pair" in protocol["name"]
        chance = np.mean(1 / np.arange(1, protocol["queries"] + 1))  # of one partner among as many tiles as queries
        assert record.results[direction]["metrics"]["AP@all/std"] > 2 * chance
    assert record.audit["label"] == "clean"


def sentences(classes=CLASSES, each=6):
    """Sentences that name what a shape is like; tags say whether it is round, and whether it is long."""
    like = {"bar": "a long bar", "cross": "two bars that cross", "disc": "a round disc", "lattice": "a lattice of bars",
            "river": "a long round river", "runway": "a long straight runway"}  # fmt: skip
    labels = np.repeat(np.arange(len(classes)), each)
    texts = np.array([f"{like[classes[label]]}, number {row}" for row, label in enumerate(labels)])
    ids = np.array([f"text/{row}" for row in range(len(labels))])
    return ItemSet(ids, labels, classes, "text", "hand", sentences=texts)


def tagged(items):
    words = np.array(["round" in name or name in ("disc", "river") for name in items.class_names])
    return replace(items, tags=np.stack([words, ~words], axis=1).astype(np.uint8), tag_names=("round", "straight"))


def test_sentences_find_images_by_shared_tags():
    items = {"photo": tagged(shapes().photos), "text": tagged(sentences())}
    task = build_task(Dataset("said", CLASSES, items, "0"), SPLIT, validation_classes=0)
    options = {
        "features": {"backbone": "pixels", "size": 16, "by": {"text": {"backbone": "words"}}},
        "semantics": "onehot",
        "standardise": True,
        "training": {"steps": 60, "batch_size": 16},
    }
    method = create("zscmr", options)
    method.fit(task, QUIET)
    found = score(method, task, AP, ("text→photo",), RetrievalConfig(relevance="tag"))["text→photo"].evaluation
    assert "relevant by tag" in found.protocol.name
    assert found.relevant.tolist() == [6] * 12  # the unseen disc is round, the lattice is not
    assert 0 < found.micro(AP[0]) <= 1
    with pytest.raises(BadInputError, match=r"text items have no pixels[\s\S]*features\.by"):
        create("zscmr", {"features": {"backbone": "pixels"}, "semantics": "onehot"}).fit(task, QUIET)


@pytest.mark.real_data
def test_real_partner_tiles_find_each_other(tmp_path):
    from zsr_lib.settings import data_root

    record = run(tmp_path, data_root(), PAN_MS.format(size=64, guard=64, steps=200))
    for direction in ("pan→ms", "ms→pan"):
        assert record.results[direction]["metrics"]["AP@all/std"] > 0.1
