"""EMS: one network for both modalities, told which; a code must be nearer to its class's centre, by a growing factor.

Lu et al., "Learning Large Euclidean Margin for Sketch-based Image Retrieval", arXiv:1812.04275. The loss
and its schedule are those in SAKE's released code: margin 1, doubled at epochs 20 and 25; that there
are 30 epochs is an assumption. The conditional block stands behind a backbone that is not trained
(`zsr_lib.models.zssbir.conditional`).
EMS binary is this system within `binary`; whether the paper's 64 bits are signs or ITQ is not stated.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.losses.margin_softmax import margin_softmax
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.zssbir.conditional import ConditionalEncoder
from zsr_lib.models.zssbir.words import Aligned, AlignedConfig, AlignedNet


@dataclass(frozen=True)
class EmsConfig(AlignedConfig):
    """The options of `AlignedConfig`, and more.

    Attributes:
        code_size: Size of the codes.
        reduction: Of the conditional block.
        told: Whether the block is given the modality's flag.
        doubled_at: Shares of the training after which the margin, 1 at the start, doubles.

    Raises:
        BadInputError: A share is not between 0 and 1.
    """

    code_size: int = 512
    reduction: int = 16
    told: bool = True
    doubled_at: tuple[float, ...] = (20 / 30, 25 / 30)

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in self.doubled_at):
            raise BadInputError(f"doubled_at is {list(self.doubled_at)}.", "give shares of the training, 0 to 1.")


class EmsNet(AlignedNet):
    """The conditional encoder and a centre for each seen class."""

    def __init__(self, sizes: Sizes, config: EmsConfig) -> None:
        super().__init__(sizes)
        self.encoder = ConditionalEncoder(sizes.features, config.code_size, config.reduction, config.told)
        self.centres = nn.Parameter(torch.empty(sizes.classes, config.code_size))
        nn.init.xavier_uniform_(self.centres)

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes."""
        return self.encoder(modality, self.scaling(modality, features))

    def logits(self, codes: Tensor) -> Tensor:
        """(N, K) codes → (N, C) negative distances to the centres."""
        return -torch.cdist(codes, self.centres, compute_mode="donot_use_mm_for_euclid_dist")


class Ems(Aligned):
    """Photos and sketches together are drawn to their class's centre; Euclidean distance."""

    Config = EmsConfig
    config: EmsConfig
    distance = "euclidean"

    def network(self, sizes: Sizes) -> EmsNet:
        """Codes of the configured size."""
        return EmsNet(sizes, self.config)

    def margin_at(self, step: int) -> float:
        """The margin in step number `step`, counted from 0."""
        return 2.0 ** sum(step >= share * self.config.training.steps for share in self.config.doubled_at)

    def loss(self, batch: Batch, step: int) -> Mapping[str, Tensor]:
        """Euclidean margin softmax over both modalities."""
        codes = torch.cat([self.net.encode(name, batch[name]) for name in self.net.scaling])  # (2N, K)
        labels = batch.labels.repeat(len(self.net.scaling))
        return {"margin softmax": margin_softmax(self.net.logits(codes), labels, self.margin_at(step))}
