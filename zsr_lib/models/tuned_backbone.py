"""The last blocks of a backbone, fine-tuned across domains with a supervised contrastive loss."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from zsr_lib.data.items import ItemSet
from zsr_lib.data.names import class_key
from zsr_lib.data.task import Task
from zsr_lib.features.backbones import Backbone, make_backbone, trunk_and_head
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import Extractor, extractor_of
from zsr_lib.features.folding import folded
from zsr_lib.features.maps import trunk_maps
from zsr_lib.features.tail import Tail, interpolate
from zsr_lib.features.views import Changed, Turns, Views
from zsr_lib.losses.supervised_contrastive import supervised_contrastive
from zsr_lib.models.domains import Domain, DomainBatches, Draw, maps_of
from zsr_lib.models.scaling import Scaling
from zsr_lib.training.augment import SketchAugmentation
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.history import History
from zsr_lib.training.loop import train

OWN, EVERY_TURN = "own", (0, 1, 2, 3, 4, 5, 6, 7)
MEASURED = 800
"""Most items of a domain whose features fix its mean and spread."""


@dataclass(frozen=True)
class TailConfig:
    """Options of fine-tuning.

    Attributes:
        block: The first block that is trained; blocks before it stay as they are.
        apart: Seen classes that fine-tuning does not use. Where several splits of one data set are run, naming every
            class that any of them leaves unseen makes one fine-tuning serve them all.
        leave_out: Classes of auxiliary data sets that fine-tuning does not use, beside those that are unseen.
        own_items: Photos, and sketches, of each seen class in a batch; all seen classes are in every batch.
        auxiliary_classes: Classes of each auxiliary data set in a batch.
        auxiliary_items: Photos, and sketches, of each of them.
        temperature: Of the contrastive loss.
        keep: How far to go from the pretrained weights (0) to the trained ones (1).
        floor: Features with a smaller spread are divided by this instead.
        training: Steps, optimiser, schedule; `batch_size` is what the numbers above add up to, not the one in here.
    """

    block: int = 14
    apart: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    own_items: int = 4
    auxiliary_classes: int = 20
    auxiliary_items: int = 2
    temperature: float = 0.07
    keep: float = 1.0
    floor: float = 0.02
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=150,
            optimizer="adamw",
            learning_rate=2e-4,
            weight_decay=1e-4,
            schedule="cosine",
            warmup=10,
            clip=5.0,
        )
    )


@dataclass(frozen=True, eq=False)
class TunedBackbone:
    """A backbone whose last blocks were trained on `classes`; `tail` is None where nothing was trained."""

    backbone: Backbone
    block: int
    tail: Tail | None
    classes: tuple[str, ...] = ()

    def extractor(self, rotations: int, device: str) -> Extractor:
        """Features of the whole network, averaged over symmetries of the square."""
        if self.tail is None:
            return extractor_of(self.backbone, rotations, device)
        trunk, _ = trunk_and_head(self.backbone, self.block)
        module = nn.Sequential(folded(trunk), self.tail.blocks).eval()
        return extractor_of(replace(self.backbone, module=module), rotations, device)

    def state(self) -> dict[str, Tensor]:
        """The trained blocks."""
        return {} if self.tail is None else {f"tail.{name}": value for name, value in self.tail.state_dict().items()}

    @classmethod
    def restored(
        cls, features: FeaturesConfig, config: TailConfig | None, state: Mapping[str, Tensor]
    ) -> "TunedBackbone":
        """From what `state` gave."""
        backbone = make_backbone(features)
        if config is None:
            return cls(backbone, 0, None)
        tail = Tail(backbone, config.block)
        own = {name.removeprefix("tail."): value for name, value in state.items() if name.startswith("tail.")}
        tail.load_state_dict(own)
        return cls(backbone, config.block, tail.eval())


def tuned_backbone(
    features: FeaturesConfig, config: TailConfig | None, task: Task, run: Run
) -> tuple[TunedBackbone, History]:
    """Fine-tunes on a task's seen classes and its auxiliary data sets.

    Raises:
        BadInputError: Nothing to train on, or fewer auxiliary classes than a batch needs.
        TrainingError: The loss is not finite.
    """
    backbone = make_backbone(features)
    if config is None:
        return TunedBackbone(backbone, 0, None), History()
    sources = list(_sources(task, config))
    numbers = _class_numbers(sources)
    domains = [source.domain(backbone, config.block, numbers, run) for source in sources]
    tail = Tail(backbone, config.block).to(run.device)
    losses = _Contrastive(tail, domains, config, run.device)
    groups = {domain.group: None if domain.group == OWN else config.auxiliary_classes for domain in domains}
    batches = DomainBatches(domains, groups, run.seed)
    history = train(tail, batches, losses, config.training, run, name="fine-tuning")
    interpolate(tail, Tail(backbone, config.block).to(run.device), config.keep)
    names = tuple(dict.fromkeys(name for source in sources for name in source.items.class_names.tolist()))
    return TunedBackbone(backbone, config.block, tail.eval(), names), history


@dataclass(frozen=True, eq=False)
class _Source:
    """Items of one domain before they went through the trunk."""

    group: str
    items: ItemSet
    views: Views
    per_class: int

    def domain(self, backbone: Backbone, block: int, numbers: Mapping[str, int], run: Run) -> Domain:
        maps = trunk_maps(backbone, block, self.items, self.views, run.device, run.progress)
        by_label = torch.tensor([numbers.get(class_key(name), -1) for name in self.items.classes]).numpy()
        name = f"{self.group} {self.items.modality}"
        return Domain(name, self.group, maps, by_label[self.items.labels], self.per_class)


def _sources(task: Task, config: TailConfig) -> Iterator[_Source]:
    """Photos, machine drawings and hands of the seen classes; photos and hands of each auxiliary data set."""
    own = [name for name in task.seen if name not in config.apart]
    another_hand = Changed(4, SketchAugmentation(angle=15, scale=0.25, patches=0))
    yield _Source(OWN, task.photos("seen").of_classes(own), Turns(EVERY_TURN), config.own_items)
    if task.machine is not None:
        yield _Source(OWN, task.machine_sketches("seen").of_classes(own), Turns((0, 5)), config.own_items)
    if task.dataset.sketches is not None and len(hands := task.sketches("seen").of_classes(own)):
        yield _Source(OWN, hands, another_hand, config.own_items)
    for other in task.auxiliary:
        kept = [name for name in other.classes if name not in config.leave_out]
        yield _Source(other.name, other.photos.of_classes(kept), Turns((0, 4)), config.auxiliary_items)
        if other.sketches is not None:
            yield _Source(other.name, other.sketches.of_classes(kept), another_hand, config.auxiliary_items)


def _class_numbers(sources: Sequence[_Source]) -> dict[str, int]:
    """Class key → number; one class in two data sets has one number."""
    keys = (class_key(name) for source in sources for name in source.items.class_names.tolist())
    return {key: number for number, key in enumerate(dict.fromkeys(keys))}


class _Contrastive:
    """The loss of a batch: features standardised per domain as the pretrained network had them, then contrasted."""

    def __init__(self, tail: Tail, domains: Sequence[Domain], config: TailConfig, device: str) -> None:
        self.tail, self.domains, self.device, self.temperature = tail, domains, device, config.temperature
        self.scaling = [_pretrained_scaling(tail, domain, config.floor, device) for domain in domains]

    def __call__(self, batch: Sequence[Draw]) -> dict[str, Tensor]:
        features = self.tail(maps_of(self.domains, batch, self.device)).float()
        parts = features.split([len(draw.rows) for draw in batch])
        codes = torch.cat([self.scaling[draw.domain](part) for draw, part in zip(batch, parts, strict=True)])
        labels = torch.cat([torch.from_numpy(draw.labels) for draw in batch]).to(self.device)
        return {"contrastive": supervised_contrastive(normalize(codes, dim=1), labels, temperature=self.temperature)}


@torch.no_grad()
def _pretrained_scaling(tail: Tail, domain: Domain, floor: float, device: str) -> Scaling:
    step = max(1, len(domain.maps) // MEASURED)
    maps = torch.from_numpy(domain.maps[::step, 0])
    features = torch.cat([tail(part.to(device).float()) for part in maps.split(256)])
    scaling = Scaling(features.shape[1], floor).to(device)
    scaling.measure(features)
    return scaling
