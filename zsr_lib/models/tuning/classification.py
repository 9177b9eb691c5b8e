"""A backbone as a classifier: stage one of systems on features.

Stage one of ZSEoC (Chaudhuri et al., arXiv:2008.05225, and its released code): before photos and sketches are brought
together, the backbone learns to name the classes. Which classes these are is the options' choice, and theirs alone.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.data.items import ItemSet, joined
from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.backbones import Backbone, pretrained_classifier
from zsr_lib.features.symmetries import AVERAGED
from zsr_lib.features.views import Changed, Turns
from zsr_lib.losses.classification import classification
from zsr_lib.models.tuning.config import FinetuneConfig
from zsr_lib.models.tuning.domains import OWN, SHARED, Batch, Domain, Objective, Source
from zsr_lib.models.tuning.knowledge import Knowledge
from zsr_lib.rng import rng
from zsr_lib.training.augment import PhotoAugmentation, SketchAugmentation
from zsr_lib.training.config import Run
from zsr_lib.training.reproducible import initial_weights, seed_of
from zsr_lib.training.sampling import Shuffled

VIEWS, HELD_OUT = 12, 13
"""Streams that keep the choice of views and of held-out images apart from other random numbers of the same seed."""
TURNS, HANDS = Turns(AVERAGED[8]), 4
"""Versions where maps are kept: of a photo its symmetries, of a sketch itself and three by another hand."""


class Classification(Objective):
    """A linear layer on the blocks names the classes; what the pretrained classifier knew is kept where asked for."""

    stage = "fine-tuning-{}"

    def __init__(self, backbone: Backbone, domains: Sequence[Domain], config: FinetuneConfig, run: Run) -> None:
        super().__init__(backbone, domains, config, run)
        with initial_weights(seed_of(f"fine-tuning {run.seed}")):
            self.classifier = nn.Linear(backbone.dimension, 1 + max(int(each.labels.max()) for each in domains))
        self.knowledge = Knowledge(pretrained_classifier(backbone.config)) if config.knowledge else None
        share = config.holdout if config.training.validate_every else 0.0
        asides = [held_out(domain.labels, share, run.seed) for domain in domains]
        self.held = [np.flatnonzero(aside) for aside in asides]
        self.rows = [np.flatnonzero(~aside) for aside in asides]
        size = max(1, config.training.batch_size // len(domains))
        self.orders = [Shuffled(len(rows), size, run.seed) for rows in self.rows]
        self.validate = self.accuracy if any(map(len, self.held)) else None

    @staticmethod
    def sources(task: Task, config: FinetuneConfig) -> tuple[Mapping[str, list[Source]], TrainedPart]:
        """Every modality's items of the seen classes; of all classes where the options ask for that leak.

        Raises:
            BadInputError: A class has no training sketches.
        """
        leaking = config.classes == "all"
        items = [_items(task, modality, leaking) for modality in task.modalities]
        leaked = [name for each in items if leaking for name in each.of_classes(task.unseen).ids.tolist()]
        classes = (*task.seen, *task.validation, *task.unseen) if leaking else task.seen
        part = TrainedPart("fine-tuned backbone", classes, tuple(leaked))
        if config.shared:
            return {SHARED: [source_of(each, config) for each in items]}, part
        return {each.modality: [source_of(each, config)] for each in items}, part

    def batch(self, number: int) -> Batch:
        """As many items of each domain, epoch after epoch."""
        drawn = (
            (rows[order(number)], rng(self.seed, number, VIEWS))
            for rows, order in zip(self.rows, self.orders, strict=True)
        )
        return Batch.of(self.domains, drawn, number)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Cross entropy; and distillation, as SAKE's objective has it (Liu et al., ICCV 2019)."""
        features = self.tail(batch.inputs)
        terms = {"classification": classification(self.classifier(features), batch.labels)}
        if self.knowledge is not None:
            terms["knowledge"] = self.config.knowledge * self.knowledge(features, batch.rows)
        return terms

    def prepare(self) -> None:
        """Asks the pretrained classifier about every item."""
        if self.knowledge is not None:
            self.knowledge.ask(self.tail, self.domains)

    def accuracy(self) -> float:
        """On held-out images, the mean over the domains that have any."""
        domains = zip(self.domains, self.held, strict=True)
        return float(np.mean([self._accuracy(domain, rows) for domain, rows in domains if len(rows)]))

    def _accuracy(self, domain: Domain, held: np.ndarray) -> float:
        named = domain.described(lambda inputs: self.classifier(self.tail(inputs)).argmax(1).cpu(), held)
        return float((named == torch.from_numpy(domain.labels[held])).float().mean())


def source_of(items: ItemSet, config: FinetuneConfig) -> Source:
    """Seen from the air, any angle is right; strokes vary with the hand, colours with light and haze."""
    strokes = items.modality == "sketch"
    if config.block is None:
        changes = (SketchAugmentation() if strokes else PhotoAugmentation()) if config.augment else None
    elif config.augment:
        changes = Changed(HANDS, SketchAugmentation()) if strokes else TURNS
    else:
        changes = Turns((0,))
    return Source(OWN, items, changes)


def held_out(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """(N,) bool: about `share` of each class, but never all of one."""
    chosen = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        rows = rng(seed, int(label), HELD_OUT).permutation(np.flatnonzero(labels == label))
        chosen[rows[: min(round(share * len(rows)), len(rows) - 1)]] = True
    return chosen


def _items(task: Task, modality: str, leaking: bool) -> ItemSet:
    """What may be trained on; with the leak, the test items too."""
    if not leaking:
        return task.training_items("seen", modality)
    groups = ("seen", "validation") if task.validation else ("seen",)
    return joined(*(task.training_items(group, modality) for group in groups), task.items("unseen", modality))
