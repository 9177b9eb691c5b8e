"""The options and the network of CMIR-Net's two stages; what is done with them is in `two_stages`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.initialisation import xavier
from zsr_lib.training.config import TrainingConfig


@dataclass(frozen=True)
class StageTwoLosses:
    """Weights λ of stage two; 0 switches a term off.

    Attributes:
        latent: L_2, partners' codes towards each other.
        classification: L_3, the class (or the tags) of either code.
        code_norm: L_4, codes held small.
        reconstruction: L_5, each modality's features from the other's code.
        norm: R, the norm of each encoder's weights towards α.
    """

    latent: float = 0.01
    classification: float = 1.0
    code_norm: float = 0.001
    reconstruction: float = 0.001
    norm: float = 1.0


@dataclass(frozen=True)
class TwoStagesConfig:
    """Options.

    Attributes:
        code_size: d_v, numbers of a code.
        feature_size: Numbers of what stage one makes of an item.
        pairing: Who belongs together in a batch: partner items, items of one class, or items with one tag; with
            ``tag``, classifiers name all tags of an item instead of its class.
        losses: Weights of stage two.
        alpha: α, the norm that encoders' weights are held near. At 0 they shrink; with `losses.norm` at 5 until all
            codes are one, at 1 (as released) the classifier holds them up.
        orthogonality: Weight of the orthogonality term in stage one. The slides print 1; the term sums over all pairs
            of features, so that even 0.001 outweighs the classifier, and on held-out seen classes of generated scenes
            less was better. A batch of N items misses at least D − N ones of the identity, whatever is learned.
        dropout: Share of stage one's features that its classifiers do not see.
        stage_one: How each modality's network is trained first; None leaves it at random weights.
        training: Stage two.
    """

    code_size: int = 128
    feature_size: int = 128
    pairing: Literal["class", "pair", "tag"] = "class"
    losses: StageTwoLosses = field(default_factory=StageTwoLosses)
    alpha: float = 1.0
    orthogonality: float = 0.0001
    dropout: float = 0.5
    stage_one: TrainingConfig | None = field(default_factory=lambda: TrainingConfig(steps=200, batch_size=64))
    training: TrainingConfig = field(default_factory=lambda: TrainingConfig(steps=300, batch_size=64))


def two_of(modalities: Collection[str]) -> tuple[str, str]:
    """The two modalities of a system that ties two.

    Raises:
        BadInputError: There are not two.
    """
    if len(modalities) != 2:
        raise BadInputError(
            f"there are items of {len(modalities)} modalities ({', '.join(modalities)}).",
            "name two of them: data.modalities: [photo, text].",
        )
    first, second = modalities
    return first, second


class TwoStagesNet(nn.Module):
    """Two networks of stage one with a classifier each; then encoders, cross decoders and one classifier.

    Args:
        stage_one: Modality → network: its inputs → (N, feature_size), the same for an item alone as among others.
        classes: Number of classes or tags.
        config: Sizes and dropout.

    Raises:
        BadInputError: There are not two modalities.
    """

    def __init__(self, stage_one: Mapping[str, nn.Module], classes: int, config: TwoStagesConfig) -> None:
        super().__init__()
        two_of(stage_one)
        size, code = config.feature_size, config.code_size
        self.stage_one = nn.ModuleDict(stage_one)
        self.heads = nn.ModuleDict(
            {name: nn.Sequential(nn.Dropout(config.dropout), nn.Linear(size, classes)) for name in stage_one}
        )
        self.encoders = nn.ModuleDict({name: nn.Linear(size, code) for name in stage_one})
        self.decoders = nn.ModuleDict({name: nn.Linear(code, size) for name in stage_one})  # of the *other's* features
        self.classifier = nn.Linear(code, classes)
        for part in (self.heads, self.encoders, self.decoders, self.classifier):
            xavier(part)

    def features(self, modality: str, inputs: Tensor) -> Tensor:
        """(N, …) inputs → (N, D) what stage one makes of them."""
        if modality not in self.stage_one:
            known = " or ".join(self.stage_one)
            raise BadInputError(f"there is no encoder for modality '{modality}'.", f"embed items of modality {known}.")
        return self.stage_one[modality](inputs)

    def fixed(self, modality: str, inputs: Tensor) -> Tensor:
        """(N, …) inputs → (N, …) what stage two starts from and leaves as it is: features."""
        return self.features(modality, inputs)

    def code(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes V, no number of them negative."""
        return torch.relu(self.encoders[modality](features))

    def decoded(self, modality: str, codes: Tensor) -> Tensor:
        """(N, K) codes → (N, D) features of the other modality."""
        return torch.relu(self.decoders[modality](codes))

    def encode(self, modality: str, inputs: Tensor) -> Tensor:
        """(N, …) inputs → (N, K) codes."""
        return self.code(modality, self.features(modality, inputs))
