"""The last blocks of a backbone, tuned across domains with a supervised contrastive loss.

Each domain sits in its own corner of a backbone's feature space; features are standardised per domain, so that a loss
that compares across domains does not spend itself on moving clouds.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from zsr_lib.data.auxiliary import same_classes
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.backbones import Backbone, pretrained_classifier
from zsr_lib.features.symmetries import AVERAGED
from zsr_lib.features.tail import Tail, interpolate
from zsr_lib.features.views import Changed, Turns
from zsr_lib.losses.supervised_contrastive import supervised_contrastive
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.tuning.config import TailConfig
from zsr_lib.models.tuning.domains import OWN, SHARED, Batch, Domain, Objective, Source
from zsr_lib.models.tuning.knowledge import Knowledge
from zsr_lib.rng import rng
from zsr_lib.training.augment import SketchAugmentation
from zsr_lib.training.config import Run

STREAM = 11
"""Keeps the draws of batches apart from other random numbers of the same seed."""
MEASURED = 800
"""At least so many items of a domain, at equal steps, fix its mean and spread; all where it has fewer."""
TURNS = {"all": Turns(AVERAGED[8]), "mirror": Turns(AVERAGED[2])}
ANOTHER_HAND = Changed(4, SketchAugmentation(angle=15, scale=0.25, patches=0))


class Contrastive(Objective):
    """Items of one class come together, whatever their domain; what the pretrained classifier knew is kept."""

    stage = "fine-tuning"

    def __init__(self, backbone: Backbone, domains: Sequence[Domain], config: TailConfig, run: Run) -> None:
        super().__init__(backbone, domains, config, run)
        self.knowledge = Knowledge(pretrained_classifier(backbone.config)) if config.knowledge else None
        auxiliary = {each.source.group: config.auxiliary_classes for each in domains}
        self.batch = DomainBatches(domains, auxiliary | {OWN: config.own_classes}, run.seed)
        self.total = WeightedSum({"contrastive": 1.0, "knowledge": config.knowledge})

    @staticmethod
    def sources(task: Task, config: TailConfig) -> tuple[Mapping[str, list[Source]], TrainedPart]:
        """Items of the seen classes, drawings of them, and items of each auxiliary data set.

        Kinds of which nothing is left are passed over.

        Raises:
            UnknownNameError: A class to keep apart is none of the task's data set, or one to leave out none of the
                auxiliary ones; names the nearest.
            BadInputError: Nothing is left at all.
        """
        sources = [source for source in _sources(task, config) if len(source.items)]
        if not sources:
            raise BadInputError(
                "there is nothing to fine-tune on: all seen classes are kept apart, and nothing auxiliary is left.",
                "name fewer classes in tail.apart and tail.leave_out, or take tail: null.",
            )
        names = tuple(dict.fromkeys(name for source in sources for name in source.items.class_names.tolist()))
        return {SHARED: sources}, TrainedPart("fine-tuned blocks", names)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Features contrasted, standardised per domain as the pretrained network had them; and distilled."""
        features = self.tail(batch.inputs).float()
        parts = features.split([len(rows) for rows in batch.rows])
        codes = torch.cat([scaling(part) for scaling, part in zip(self.scaling, parts, strict=True)])
        labels, temperature = batch.labels, self.config.temperature
        return self.total(
            contrastive=lambda: supervised_contrastive(normalize(codes, dim=1), labels, temperature=temperature),
            knowledge=lambda: self.knowledge(features, batch.rows),
        )

    def prepare(self) -> None:
        """Remembers how features are spread in each domain, and what the pretrained classifier says of the items."""
        self.scaling = [_scaling(self.tail, domain, self.config.floor) for domain in self.domains]
        if self.knowledge is not None:
            self.knowledge.ask(self.tail, self.domains)

    def finish(self, pretrained: Tail) -> None:
        """Goes back some way to the pretrained weights where the options say so."""
        interpolate(self.tail, pretrained, self.config.keep)


class DomainBatches:
    """Batches with the same classes from all domains of a group, as a pure function of the batch's number.

    Args:
        domains: Where items come from.
        classes: Group → number of classes in a batch; None takes all.
        seed: Of the draws.

    Raises:
        BadInputError: A group has fewer classes than a batch needs.
    """

    def __init__(self, domains: Sequence[Domain], classes: Mapping[str, int | None], seed: int) -> None:
        self.domains, self.seed = domains, seed
        self.rows = [
            {int(label): np.flatnonzero(each.labels == label) for label in np.unique(each.labels)} for each in domains
        ]
        self.labels: dict[str, list[int]] = {}
        for domain, rows in zip(domains, self.rows, strict=True):
            self.labels[domain.source.group] = sorted({*self.labels.get(domain.source.group, ()), *rows})
        self.wanted = {group: classes[group] or len(labels) for group, labels in self.labels.items()}
        for group, labels in self.labels.items():
            if self.wanted[group] > len(labels):
                raise BadInputError(
                    f"a batch asks for {self.wanted[group]} classes of {group}; there are {len(labels)}.",
                    "lower the classes per batch.",
                )

    def __call__(self, number: int) -> Batch:
        """Batch `number`; a class that a domain lacks takes part with the other domains."""
        dice = rng(self.seed, number, STREAM)
        chosen = {
            group: dice.choice(labels, self.wanted[group], replace=False).tolist()
            for group, labels in self.labels.items()
        }
        drawn = (
            (_drawn(rows, chosen[domain.source.group], domain.source.per_class, dice), dice)
            for domain, rows in zip(self.domains, self.rows, strict=True)
        )
        return Batch.of(self.domains, drawn, number)


def _drawn(rows: Mapping[int, np.ndarray], labels: Sequence[int], count: int, dice: np.random.Generator) -> np.ndarray:
    own = [rows[label] for label in labels if label in rows]
    drawn = [dice.choice(each, min(count, len(each)), replace=False) for each in own]
    return np.concatenate(drawn) if drawn else np.empty(0, dtype=np.int64)


@torch.no_grad()
def _scaling(tail: Tail, domain: Domain, floor: float) -> Scaling:
    rows = np.arange(0, len(domain.labels), max(1, len(domain.labels) // MEASURED))
    features = domain.described(tail, rows)
    scaling = Scaling(features.shape[1], floor).to(features.device)
    scaling.measure(features)
    return scaling


def _sources(task: Task, config: TailConfig) -> Iterator[Source]:
    apart = _matching(config.apart, task.dataset.classes, "class in tail.apart")
    others = [name for other in task.auxiliary for name in (*other.classes, *other.left_out)]
    left_out = _matching(config.leave_out, others, "class in tail.leave_out") if others else ()
    own = [name for name in task.seen if name not in apart]
    for modality in task.modalities:
        if task.machine is not None and task.machine.modality == modality:
            yield Source(OWN, task.machine_sketches("seen").of_classes(own), Turns((0, 5)), config.own_items)
        if modality in task.dataset.items:
            changes = ANOTHER_HAND if modality == "sketch" else TURNS[config.own_turns]
            yield Source(OWN, task.items("seen", modality).of_classes(own), changes, config.own_items)
    for other in task.auxiliary:
        kept = [name for name in other.classes if name not in left_out]
        for items, changes in ((other.photos, TURNS["mirror"]), (other.sketches, ANOTHER_HAND)):
            if items is not None:
                yield Source(other.name, items.of_classes(kept), changes, config.auxiliary_items)


def _matching(names: Sequence[str], known: Sequence[str], kind: str) -> tuple[str, ...]:
    """Those of the classes `known` that are meant by `names`, in whatever spelling."""
    for name in names:
        if not same_classes([name], known):
            raise UnknownNameError(kind, name, known)
    return same_classes(known, names)
