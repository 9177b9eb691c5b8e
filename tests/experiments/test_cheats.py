"""Ways to better numbers than an honest system has: each is refused, or labelled, with its reason."""

import zlib
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import UNLABELLED, LeakError
from zsr_lib.experiments.run_cell import run_cell
from zsr_lib.experiments.scoring import score
from zsr_lib.experiments.summary import blocks_of
from zsr_lib.experiments.table import as_text
from zsr_lib.experiments.tables_cli import described
from zsr_lib.models import registry
from zsr_lib.models.method import Method
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


@dataclass(frozen=True)
class NoConfig:
    """No options."""


class Honest(Method):
    """Mean colours, scaled by their spread over the photos of the seen classes."""

    Config = NoConfig
    distance = "euclidean"
    declared = None

    def build(self):
        self.register_buffer("scale", torch.ones(3))

    def fit(self, task, run=None):
        self.begin(run or Run())
        self.scale.copy_(torch.from_numpy(colours(self.items_of(task)).std(0)))
        if names := task.seen if self.declared is None else self.declared:
            self.record("scale", names)
        return History()

    def items_of(self, task):
        return task.photos("seen")

    def embed(self, items):
        return colours(items) / self.scale.numpy()


def colours(items):
    return np.asarray(items.pixels).reshape(len(items), -1, 3).mean(1).astype(np.float32)


class ThroughTheDataSet(Honest):
    def items_of(self, task):
        return task.dataset.photos


class ClassByClass(Honest):
    def items_of(self, task):
        return task.dataset.photos.of_classes([*task.seen, *task.unseen])


class ThroughTheGallery(Honest):
    def items_of(self, task):
        return task.gallery()


class UnderAliases(ClassByClass):
    declared = ("airliner", "landing strip")


class KeepsQuiet(ClassByClass):
    declared = ()


class KeepsQuietWithoutState(KeepsQuiet):
    def state_dict(self):
        return {}


class Admits(ClassByClass):
    declared = EOC_CLASSES


class StatisticsOfQueries(Honest):
    def items_of(self, task):
        return task.queries()


class BestOfThirty(Honest):
    def fit(self, task, run=None):
        super().fit(task)
        tried = [torch.rand(3, generator=torch.Generator().manual_seed(seed)) for seed in range(30)]
        self.scale = max(tried, key=lambda scale: self.ap(task, scale))
        return History()

    def ap(self, task, scale):
        self.scale = scale
        return score(self, task, ["AP@all/std"], ["sketch→photo"])["sketch→photo"].evaluation.micro("AP@all/std")


class SwallowsTheRefusal(Honest):
    def items_of(self, task):
        try:
            return task.gallery()
        except LeakError:
            return task.photos("seen")


REACHING = {
    ThroughTheDataSet: "all photo items of 'eoc' at once",
    ClassByClass: "photo items of 'eoc' of held-out classes",
    ThroughTheGallery: "photo items of 'eoc' of held-out classes",
    UnderAliases: "photo items of 'eoc' of held-out classes",
    KeepsQuiet: "photo items of 'eoc' of held-out classes",
    KeepsQuietWithoutState: "photo items of 'eoc' of held-out classes",
    Admits: "photo items of 'eoc' of held-out classes",
    StatisticsOfQueries: "sketch items of 'eoc' of held-out classes",
    BestOfThirty: "sketch items of 'eoc' of held-out classes",
    SwallowsTheRefusal: "photo items of 'eoc' of held-out classes",
}


class LoadsTheDataSetAgain(Honest):
    def items_of(self, task):
        return load_dataset("generated", progress=False).photos


class LooksThePixelsUp(Honest):
    def embed(self, items):
        return colours(load_dataset("generated", progress=False).photos)


class SaysAirliner(Honest):
    declared = ("airliner", "landing strip")


class SaysUnseen(Honest):
    declared = EOC_CLASSES


class SaysNothing(Honest):
    declared = ()


class SaysNothingWithoutState(SaysNothing):
    def state_dict(self):
        return {}


DECLARING = {
    SaysAirliner: "declares airliner, landing strip and looked at no such items",
    SaysUnseen: "'scale' has seen unseen classes .*buildings, freeway, runway, tenniscourt",
    SaysNothing: "'SaysNothing' does not say which classes it has seen",
    SaysNothingWithoutState: "it looked at .*river.* and declares no part that has seen them",
}


class ReadsLabels(Honest):
    def embed(self, items):
        return np.eye(len(EOC_CLASSES), dtype=np.float32)[items.labels]


class ReadsClassNames(Honest):
    def embed(self, items):
        return np.array([[len(name)] for name in items.class_names], dtype=np.float32)


class ReadsIds(Honest):
    def embed(self, items):
        return np.array([[zlib.crc32(name.split("/")[0].encode()) % 997] for name in items.ids], dtype=np.float32)


class ForgetsWhatItFitted(Honest):
    def restore(self, state, about):
        super().restore(state, about)
        self.scale = self.scale * 2


EMBEDDING = {
    ReadsLabels: r"ReadsLabels\.embed .* reads labels of items that are to be embedded",
    ReadsClassNames: r"ReadsClassNames\.embed .* reads class_names of items",
    ReadsIds: "codes of 'cheat' follow the ids of the sketch items",
    ForgetsWhatItFitted: "'cheat' gives other codes once it is saved and loaded",
}


class StandardisesTheBatch(Honest):
    def embed(self, items):
        codes = colours(items)
        return (codes - codes.mean(0)) / codes.std(0)


class SmoothsOverNeighbours(Honest):
    def embed(self, items):
        codes = super().embed(items)
        near = np.linalg.norm(codes[:, None] - codes[None], axis=2).argsort(1)[:, :4]
        return codes[near].mean(1)


class ReadsTheOrder(Honest):
    def embed(self, items):
        return np.arange(len(items), dtype=np.float32)[:, None] // 6 + 1


def test_the_honest_system_is_clean(made):
    assert made(Honest).audit["label"] == "clean"


@pytest.mark.parametrize("system", REACHING, ids=lambda system: system.__name__)
def test_reaching_for_held_out_items_while_fitting_is_refused(made, system):
    with pytest.raises(LeakError, match=rf"\(test_cheats.py, line \d+\) reaches for {REACHING[system]}"):
        made(system)


@pytest.mark.parametrize("system", [LoadsTheDataSetAgain, LooksThePixelsUp])
def test_the_data_set_cannot_be_loaded_beside_the_task(made, system):
    with pytest.raises(BadInputError, match="'generated' cannot be loaded while a system is fitted or scored"):
        made(system)


@pytest.mark.parametrize("system", DECLARING, ids=lambda system: system.__name__)
def test_declaring_what_was_not_seen_is_refused(made, system):
    with pytest.raises(LeakError, match=DECLARING[system]):
        made(system)


@pytest.mark.parametrize("system", EMBEDDING, ids=lambda system: system.__name__)
def test_codes_from_more_than_the_item_are_refused(made, where, system):
    with pytest.raises(LeakError, match=EMBEDDING[system]):
        made(system)
    assert not list(where.runs.glob("*/*/record.json"))


@pytest.mark.parametrize("system", [StandardisesTheBatch, SmoothsOverNeighbours, ReadsTheOrder])
def test_codes_that_depend_on_their_neighbours_are_labelled_transductive(made, system):
    record = made(system)
    assert record.audit["label"] == "transductive"
    assert "codes of sketch items depend on the items they are embedded with (by " in record.audit["leaks"][0]
    text = as_text(blocks_of([record]), {})
    assert "§ transductive" in text
    assert "†" not in text


class WithoutLabels(Honest):
    declared = UNLABELLED


class WithoutLabelsAndStandardising(StandardisesTheBatch):
    declared = UNLABELLED


def test_parts_on_items_without_labels_are_labelled(made):
    record = made(WithoutLabels)
    assert (record.audit["label"], record.audit["leaks"]) == ("unlabelled", [])
    assert "declared    scale: items without labels" in described(record)
    text = as_text(blocks_of([record]), {})
    assert next(line for line in text.splitlines() if line.startswith("colours")).split()[1] == "¶"
    assert "¶ unlabelled: parts of it were fitted on items without labels" in text


def test_items_without_labels_are_no_excuse(made):
    assert made(WithoutLabelsAndStandardising).audit["label"] == "transductive"


class TokensOfTheBatch(Honest):
    """Ranks again by tokens that depend on the items beside them; codes do not."""

    def tokens(self, items):
        found = colours(items)[:, None]
        return found - found.mean(0)

    def rerank(self, query_tokens, gallery_tokens, candidates):
        return -((query_tokens - gallery_tokens[candidates][:, :, 0]) ** 2).sum(-1)


class TokensOfIds(TokensOfTheBatch):
    def tokens(self, items):
        return np.array([[[zlib.crc32(name.encode()) % 997]] for name in items.ids], dtype=np.float32)


def test_tokens_are_asked_the_same_as_codes(cells, shelf, where):
    def run(system):
        registry.register("cheat", system)
        rules = {"splits": ["eoc-sample-5"], "seeds": [0], "retrieval": {"rerank": 5}}
        return run_cell(cells(method="cheat", config={}, **rules)[0], shelf, where)[0]

    with pytest.raises(LeakError, match="tokens of 'cheat' follow the ids of the sketch items"):
        run(TokensOfIds)
    record = run(TokensOfTheBatch)
    assert record.audit["label"] == "transductive"
    assert "tokens of photo items depend on the items they are embedded with" in record.audit["leaks"][1]
