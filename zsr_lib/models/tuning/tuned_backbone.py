"""The last blocks of a backbone, fine-tuned across domains with a supervised contrastive loss."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from zsr_lib.configs import plain
from zsr_lib.data.checksums import combined
from zsr_lib.data.store import open_or_build
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.backbones import Backbone, make_backbone, pretrained_classifier
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.tail import Tail, interpolate
from zsr_lib.features.weights import checksum
from zsr_lib.losses.supervised_contrastive import supervised_contrastive
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.tuning.domain_sources import OWN, class_numbers, sources_of
from zsr_lib.models.tuning.domains import Domain, DomainBatches, Draw, maps_of
from zsr_lib.models.tuning.knowledge import Knowledge
from zsr_lib.models.tuning.tail_config import TailConfig
from zsr_lib.models.tuning.tune import SHARED, Tuned
from zsr_lib.settings import threads
from zsr_lib.training.config import Run
from zsr_lib.training.history import History
from zsr_lib.training.loop import train

MEASURED = 800
"""At least so many items of a domain, taken at equal steps, fix its mean and spread; all where it has fewer."""


def tuned_backbone(features: FeaturesConfig, config: TailConfig, task: Task, run: Run) -> Tuned:
    """Fine-tunes on a task's seen classes and its auxiliary data sets.

    Raises:
        UnknownNameError: A class that is to be left out does not exist.
        BadInputError: Nothing to train on, fewer classes than a batch needs, or weights without a classifier whose
            knowledge could be kept.
        TrainingError: The loss is not finite.
    """
    backbone = make_backbone(features)
    sources = list(sources_of(task, config))
    if not sources:
        raise BadInputError(
            "there is nothing to fine-tune on: all seen classes are kept apart, and nothing auxiliary is left.",
            "name fewer classes in tail.apart and tail.leave_out, or take tail: null.",
        )
    numbers = class_numbers(sources)
    made = [source.maps(backbone, config.block, run) for source in sources]
    domains = [source.domain(maps, numbers) for source, maps in zip(sources, made, strict=True)]
    labels = [hashlib.sha256(domain.labels.tobytes()).hexdigest() for domain in domains]
    classifier = pretrained_classifier(features) if config.knowledge else None
    start = "".join(checksum(each) for each in (Tail(backbone, config.block), classifier) if each is not None)
    how = json.dumps([plain(config), run.seed, run.device, threads()])
    parts = [*(maps.key for maps in made), *labels, start, how]
    # The same items, options and seed give the same weights: splits that differ elsewhere only share them.
    label = f"tail-{backbone.name}-{config.block}"

    def trained(folder: Path) -> dict[str, Any]:
        return _trained(backbone, classifier, domains, config, run, folder)

    stored = open_or_build(label, combined(parts), trained)
    tail = Tail(backbone, config.block).to(run.device)
    tail.load_state_dict({name: torch.from_numpy(stored.array(name).copy()) for name in tail.state_dict()})
    names = tuple(dict.fromkeys(name for source in sources for name in source.items.class_names.tolist()))
    part = TrainedPart("fine-tuned blocks", names)
    return Tuned({SHARED: tail.eval()}, part, {SHARED: History(**stored.manifest["history"])})


def _trained(
    backbone: Backbone,
    classifier: nn.Linear | None,
    domains: Sequence[Domain],
    config: TailConfig,
    run: Run,
    folder: Path,
) -> dict[str, Any]:
    """Fine-tunes; one array per tensor goes to `folder`, the history to its manifest."""
    tail, pretrained = (Tail(backbone, config.block).to(run.device) for _ in range(2))
    knowledge = None if classifier is None else Knowledge(classifier, pretrained, domains, run.device)
    losses = _Losses(tail, knowledge, domains, config, run.device)
    wanted = {OWN: config.own_classes}
    groups = {domain.group: wanted.get(domain.group, config.auxiliary_classes) for domain in domains}
    batches = DomainBatches(domains, groups, run.seed)
    trained = tail if knowledge is None else nn.ModuleDict({"tail": tail, "knowledge": knowledge})
    history = train(trained, batches, losses, config.training, replace(run, together=False), name="fine-tuning")
    interpolate(tail, pretrained, config.keep)
    for name, tensor in tail.state_dict().items():
        np.save(folder / f"{name}.npy", tensor.cpu().numpy())
    return {"history": history.as_dict()}


class _Losses:
    """Of a batch: features contrasted, standardised per domain as the pretrained network had them; and distilled."""

    def __init__(
        self, tail: Tail, knowledge: Knowledge | None, domains: Sequence[Domain], config: TailConfig, device: str
    ) -> None:
        self.tail, self.knowledge, self.domains, self.device = tail, knowledge, domains, device
        self.temperature = config.temperature
        self.total = WeightedSum({"contrastive": 1.0, "knowledge": config.knowledge})
        self.scaling = [_pretrained_scaling(tail, domain, config.floor, device) for domain in domains]

    def __call__(self, batch: Sequence[Draw]) -> dict[str, Tensor]:
        features = self.tail(maps_of(self.domains, batch, self.device)).float()
        parts = features.split([len(draw.rows) for draw in batch])
        codes = torch.cat([self.scaling[draw.domain](part) for draw, part in zip(batch, parts, strict=True)])
        labels = torch.cat([torch.from_numpy(draw.labels) for draw in batch]).to(self.device)
        return self.total(
            contrastive=lambda: supervised_contrastive(normalize(codes, dim=1), labels, temperature=self.temperature),
            knowledge=lambda: self.knowledge(features, batch),
        )


@torch.no_grad()
def _pretrained_scaling(tail: Tail, domain: Domain, floor: float, device: str) -> Scaling:
    step = max(1, len(domain.maps) // MEASURED)
    maps = torch.from_numpy(np.array(domain.maps[::step, 0]))
    features = torch.cat([tail(part.to(device).float()) for part in maps.split(256)])
    scaling = Scaling(features.shape[1], floor).to(device)
    scaling.measure(features)
    return scaling
