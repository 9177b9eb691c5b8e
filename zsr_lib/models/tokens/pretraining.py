"""What takes the place of ImageNet where there is none: a trunk that first learns to tell the seen classes apart.

Our addition. The published systems start from a trunk that has seen a thousand classes; triplets alone teach one that
starts at random nothing in minutes (chapter 11 shows it). This stage sees the same items of the same seen classes as
the stage after it, in both modalities, so it adds no class to what a system has seen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from zsr_lib.losses.supervised_contrastive import supervised_contrastive
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.trained import Batch, Table
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.history import History
from zsr_lib.training.loop import train
from zsr_lib.training.reproducible import initial_weights, seed_of
from zsr_lib.training.sampling import PairRows


@dataclass(frozen=True)
class PretrainingConfig:
    """Options of the stage.

    Attributes:
        classification: Weight of the cross-entropy of a linear layer that names the class of each CLS token; the layer
            is thrown away afterwards.
        contrastive: Weight of `zsr_lib.losses.supervised_contrastive` over the CLS tokens of both modalities.
        temperature: Of the contrastive term.
        training: Steps, batches, optimiser; its precision is the next stage's.
    """

    classification: float = 1.0
    contrastive: float = 0.0
    temperature: float = 0.1
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(steps=300, batch_size=32, optimizer="adamw", weight_decay=1e-2)
    )


def pretrain(
    trunk: nn.Module,
    shape: tuple[int, int],
    draw: Callable[[int], PairRows],
    tables: Mapping[str, Table],
    config: PretrainingConfig,
    run: Run,
) -> History:
    """Trains a trunk in place, on items of all modalities alike.

    Args:
        trunk: (N, …) inputs → (N, 1 + T, D), the CLS token first.
        shape: D, and how many classes are seen.
        draw: Number of a batch → its rows.
        tables: Modality → inputs of its training items.
        config: Options.
        run: Seed, device, checkpoints.
    """
    with initial_weights(seed_of(f"pretraining {run.seed}")):
        head = nn.Linear(*shape).to(next(trunk.parameters()))
    part = nn.ModuleDict({"trunk": trunk, "head": head})
    weighted = WeightedSum({"classification": config.classification, "contrastive": config.contrastive})

    def losses(rows: PairRows) -> Mapping[str, Tensor]:
        """Both terms, for the rows of a batch."""
        batch = Batch(tables, rows)
        codes = torch.cat([trunk(batch[name])[:, 0] for name in tables])  # (M · N, D)
        labels = batch.labels.repeat(len(tables))
        return weighted(
            classification=lambda: cross_entropy(head(codes), labels),
            contrastive=lambda: supervised_contrastive(codes, labels, temperature=config.temperature),
        )

    return train(part, draw, losses, config.training, run, name="pretraining")
