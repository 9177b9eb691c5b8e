"""Fine-tuning a backbone as a classifier; what was tuned once is found again.

Stage one of ZSEoC (Chaudhuri et al., arXiv:2008.05225, and its released code): before photos and sketches are brought
together, the backbone learns to name the classes. Which classes these are is the caller's choice, and his alone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.configs import plain
from zsr_lib.data.checksums import combined
from zsr_lib.data.items import ItemSet
from zsr_lib.data.store import open_or_build
from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import Backbone
from zsr_lib.features.cache import digests_of
from zsr_lib.features.finetune_config import FinetuneConfig
from zsr_lib.features.finetune_inputs import inputs_of
from zsr_lib.features.tail import Tail
from zsr_lib.features.weights import checksum
from zsr_lib.losses.classification import classification
from zsr_lib.rng import rng
from zsr_lib.training.config import Run
from zsr_lib.training.history import History
from zsr_lib.training.loop import train
from zsr_lib.training.reproducible import initial_weights, seed_of
from zsr_lib.training.sampling import Shuffled

FORMAT = 2
CHUNK = 256
"""Held-out images classified at once."""
HELD_OUT = 13
"""Keeps the choice of held-out images apart from other random numbers of the same seed."""


def fine_tuned(
    backbone: Backbone, config: FinetuneConfig, parts: Sequence[ItemSet], run: Run, name: str
) -> tuple[Tail, History]:
    """Trains a copy of a backbone, or takes the one that the same images, options and seed gave before.

    Args:
        backbone: Stays as it is.
        config: Which blocks, how long.
        parts: Items with pixels, one set a modality; the network learns to name every class that they hold.
        run: Seed, device, folder of checkpoints.
        name: Of the stage; other stages in the same folder need other names.

    Returns:
        The trained blocks, in evaluation mode, and what happened; its score is accuracy on held-out images.

    Raises:
        BadInputError: Items without pixels, a batch larger than the data, or a backbone that cannot be cut there.
        TrainingError: The loss is not finite.
    """
    if bare := [items.modality for items in parts if items.pixels is None]:
        raise BadInputError(f"the {' and '.join(bare)} items have no pixels.", "load the data set with pixels.")
    tail = Tail(backbone, config.block)
    key = _key(backbone, config, parts, run)
    job = _Job(backbone, config, parts, replace(run, identity=key, together=False), name)
    stored = open_or_build(f"finetuned-{backbone.name}", key, job.write)
    tail.load_state_dict({each: torch.from_numpy(np.array(stored.array(each))) for each in tail.state_dict()})
    return tail.eval(), History(**stored.manifest["history"])


@dataclass(frozen=True, eq=False)
class _Job:
    backbone: Backbone
    config: FinetuneConfig
    parts: Sequence[ItemSet]
    run: Run
    name: str

    def write(self, folder: Path) -> dict[str, Any]:
        """Trains; writes an array for each tensor."""
        tail, history = self._trained()
        for name, tensor in tail.state_dict().items():
            np.save(folder / f"{name}.npy", tensor.cpu().numpy())
        return {"history": history.as_dict()}

    def _trained(self) -> tuple[Tail, History]:
        labels = class_numbers(self.parts)
        net = _Classifier(self.backbone, self.config.block, max(int(each.max()) for each in labels) + 1, self.run)
        sources = [
            _Source(net, self.backbone, self.config, items, numbers, len(self.parts), self.run)
            for items, numbers in zip(self.parts, labels, strict=True)
        ]

        def batches(number: int) -> tuple[Tensor, Tensor]:
            inputs, targets = zip(*(source.batch(number) for source in sources), strict=True)
            return torch.cat(inputs), torch.cat(targets)

        def losses(batch: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
            return {"classification": classification(net(batch[0]), batch[1])}

        held = [source for source in sources if len(source.held)]

        def accuracy() -> float:
            return float(np.mean([source.accuracy() for source in held]))

        validate = accuracy if held else None
        return net.tail, train(net, batches, losses, self.config.training, self.run, validate, name=self.name)


def class_numbers(parts: Sequence[ItemSet]) -> list[np.ndarray]:
    """(N,) int64 for each part: the classes that occur in any, numbered without gaps."""
    present = np.unique(np.concatenate([items.labels for items in parts]))
    return [np.searchsorted(present, items.labels) for items in parts]


def held_out(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """(N,) bool: about `share` of each class, but never all of one."""
    chosen = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        rows = rng(seed, int(label), HELD_OUT).permutation(np.flatnonzero(labels == label))
        chosen[rows[: min(round(share * len(rows)), len(rows) - 1)]] = True
    return chosen


class _Classifier(nn.Module):
    """A trainable copy of a backbone and a linear layer."""

    def __init__(self, backbone: Backbone, block: int | None, classes: int, run: Run) -> None:
        super().__init__()
        self.tail = Tail(backbone, block)
        with initial_weights(seed_of(f"fine-tuning {run.seed}")):
            self.classifier = nn.Linear(backbone.dimension, classes)

    def forward(self, inputs: Tensor) -> Tensor:
        """(N, C) scores."""
        return self.classifier(self.tail(inputs))


class _Source:
    """Batches of one modality, and accuracy on its held-out images."""

    def __init__(
        self,
        net: _Classifier,
        backbone: Backbone,
        config: FinetuneConfig,
        items: ItemSet,
        labels: np.ndarray,
        parts: int,
        run: Run,
    ) -> None:
        self.net, self.labels = net, torch.from_numpy(labels)
        self.inputs = inputs_of(backbone, config.block, items, config.augment, run)
        aside = held_out(labels, config.holdout if config.training.validate_every else 0.0, run.seed)
        self.held, self.rows = np.flatnonzero(aside), np.flatnonzero(~aside)
        self.order = Shuffled(len(self.rows), max(1, config.training.batch_size // parts), run.seed)

    def batch(self, number: int) -> tuple[Tensor, Tensor]:
        rows = self.rows[self.order(number)]
        return self.inputs.training(rows, number), self.labels[rows]

    def accuracy(self) -> float:
        right = [
            (self.net(self.inputs.plain(rows)).argmax(1).cpu() == self.labels[rows]).float()
            for rows in np.split(self.held, range(CHUNK, len(self.held), CHUNK))
        ]
        return float(torch.cat(right).mean())


def _key(backbone: Backbone, config: FinetuneConfig, parts: Sequence[ItemSet], run: Run) -> str:
    """Digest of all that the trained weights depend on; sums over other numbers of threads end in other digits."""
    how = {
        "format": FORMAT,
        "weights": checksum(backbone.module),
        "preprocess": str(backbone.preprocess),
        "config": plain(config),
        "seed": run.seed,
        "device": run.device.partition(":")[0],
        "threads": torch.get_num_threads(),
        "parts": [[items.modality, len(items)] for items in parts],
    }
    images = [str(digest, "ascii") for items in parts for digest in digests_of(items.pixels).tolist()]
    labels = [str(number) for numbers in class_numbers(parts) for number in numbers.tolist()]
    return combined([json.dumps(how, sort_keys=True), *images, *labels])
