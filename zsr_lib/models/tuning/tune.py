"""A backbone tuned before anything else is trained; what was tuned once is found again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from zsr_lib.configs import plain
from zsr_lib.data.checksums import combined
from zsr_lib.data.store import open_or_build
from zsr_lib.data.task import Task
from zsr_lib.devices import device_of
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.backbones import Backbone, make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.tail import Tail
from zsr_lib.features.weights import checksum
from zsr_lib.models.tuning.classification import Classification
from zsr_lib.models.tuning.config import FinetuneConfig, TailConfig, TuningConfig
from zsr_lib.models.tuning.contrastive import Contrastive
from zsr_lib.models.tuning.domains import Domain, Objective, Source, class_numbers
from zsr_lib.training.config import Run
from zsr_lib.training.history import History
from zsr_lib.training.loop import train

OBJECTIVES: Mapping[type, type[Objective]] = {FinetuneConfig: Classification, TailConfig: Contrastive}
FORMAT = 3
"""Raised when the same items, options and seed give other weights than before, or other files."""


@dataclass(frozen=True, eq=False)
class Tuned:
    """What tuning made.

    Attributes:
        tails: Modality, or ``shared`` → trained blocks, in evaluation mode.
        part: What they were trained on.
        histories: What happened, by the same names; a score is accuracy on held-out images.
    """

    tails: Mapping[str, Tail]
    part: TrainedPart
    histories: Mapping[str, History]


def fine_tuned(features: FeaturesConfig, config: TuningConfig, task: Task, run: Run) -> Tuned:
    """Tunes a backbone on a task: as a classifier (`FinetuneConfig`), or contrasting domains (`TailConfig`).

    Raises:
        UnknownNameError: A class that is to be left out does not exist.
        BadInputError: Nothing to train on, items without pixels, a class without training sketches, fewer items or
            classes than a batch needs, a backbone that cannot be cut there, or weights without the classifier whose
            knowledge is to be kept.
        TrainingError: The loss is not finite.
    """
    backbone = make_backbone(features)
    groups, part = OBJECTIVES[type(config)].sources(task, config)
    made = {name: tuned_blocks(backbone, config, sources, run, name) for name, sources in groups.items()}
    tails, histories = ({name: each[place] for name, each in made.items()} for place in (0, 1))
    return Tuned(tails, part, histories)


def tuned_blocks(
    backbone: Backbone, config: TuningConfig, sources: Sequence[Source], run: Run, name: str
) -> tuple[Tail, History]:
    """Trains a copy of a backbone's blocks, or takes what the same items, options and seed gave before.

    Args:
        backbone: Stays as it is.
        config: Which blocks, for what, how long.
        sources: What they are trained on.
        run: Seed, device, folder of checkpoints.
        name: Of the blocks; other blocks with the same folder need other names.
    """
    device = device_of(run.device)
    inputs = [source.inputs(backbone, config.block, run) for source in sources]
    domains = list(map(Domain, sources, inputs, class_numbers([source.items for source in sources])))
    goal = OBJECTIVES[type(config)](backbone, domains, config, run).to(device)
    # Sums over other numbers of threads end in other digits.
    how = [FORMAT, plain(config), run.seed, device.type, torch.get_num_threads(), checksum(goal)]
    # Of the task nothing else: splits that differ elsewhere share the weights.
    items = [[each.source.group, each.source.items.modality, each.inputs.key, each.labels.tolist()] for each in domains]
    key = combined([json.dumps([how, items], sort_keys=True)])

    def build(folder: Path) -> dict[str, Any]:
        """Tunes the blocks, and puts them into the store."""
        goal.prepare()
        own_run, stage = replace(run, identity=key, together=False), goal.stage.format(name)
        history = train(goal, goal.batch, goal.losses, config.training, own_run, goal.validate, stage)
        goal.finish(Tail(backbone, config.block).to(device))
        for each, tensor in goal.tail.state_dict().items():
            np.save(folder / f"{each}.npy", tensor.cpu().numpy())
        return {"history": history.as_dict()}

    stored = open_or_build(f"tuned-{backbone.name}", key, build)
    goal.tail.load_state_dict({each: torch.from_numpy(np.array(stored.array(each))) for each in goal.tail.state_dict()})
    return goal.tail.eval(), History(**stored.manifest["history"])
