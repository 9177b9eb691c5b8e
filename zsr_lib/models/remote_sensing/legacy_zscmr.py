"""ZSCMR as its released code trains it, to measure what the differences from the slides are worth.

Source: github.com/ushasi/A-Simplified-framework-for-Zero-shot-Cross-Modal-Sketch-Data-Retrieval. Its differences from
the slides (`zsr_lib.models.remote_sensing.zscmr`):

- the backbone is fine-tuned on *all* classes, the unseen ones' photos and test sketches included;
- the sum is 0.1 · triplet + 0.1 · photo classification + sketch classification + | ‖W‖_F − 1 | of either encoder: the
  alignment term has weight 0, the decoders' outputs are in no term, and the norm term is not on the slides;
- photos alone anchor triplets, and the hinge acts on the batch's mean distances, not on each row;
- class vectors are loaded and feed nothing; codes have 300 numbers, where the paper's table says 64;
- the released evaluator ranks by the sum of absolute differences (L1), where training uses Euclidean distance.

Not repeated is what makes that code fail to run (a graph network of undefined variables), or train on wrong items:
triplets that index photos by class, class vectors looked up by row, and a division into training and test that cuts
rows, not classes. Features are our backbone's, not 256-d ones. Biases start at 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.classification import classification
from zsr_lib.losses.norm import norm_regulariser
from zsr_lib.losses.triplet import legacy_batch_mean_triplet
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.initialisation import xavier
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.tuning.config import FinetuneConfig
from zsr_lib.training.config import TrainingConfig

WEIGHTS = {"triplet": 0.1, "photo classification": 0.1, "sketch classification": 1.0, "norm": 1.0}
"""Of the terms, as the released code has them."""

STEPS = 200 * 60_384 // 128
"""The released code's: 200 passes over 60 384 training rows in batches of 128."""


@dataclass(frozen=True)
class LegacyZscmrConfig:
    """Options; the defaults are the released code's.

    Attributes:
        features: Backbone, weights, input size.
        finetune: Stage one; None leaves the backbone as it is.
        code_size: Size of the codes.
        margin: Of the triplet term, Euclidean distance.
        dropout: Share of the code's entries dropped while training.
        training: Steps, batches, optimiser. The last state is kept unless `training.validate_every` asks for the best.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    finetune: FinetuneConfig | None = field(default_factory=lambda: FinetuneConfig(classes="all", legacy=True))
    code_size: int = 300
    margin: float = 0.5
    dropout: float = 0.5
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(steps=STEPS, batch_size=128, learning_rate=0.01)
    )


class LegacyZscmrNet(nn.Module):
    """A linear encoder and a linear classifier for each modality."""

    def __init__(self, sizes: Sizes, code_size: int, dropout: float) -> None:
        super().__init__()
        self.encoders = nn.ModuleDict({name: nn.Linear(size, code_size) for name, size in sizes.features.items()})
        self.classifiers = nn.ModuleDict({name: nn.Linear(code_size, sizes.classes) for name in sizes.features})
        self.dropout = nn.Dropout(dropout)
        xavier(self)

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes; dropout acts in training mode only."""
        if modality not in self.encoders:
            raise BadInputError(f"there is no encoder for modality '{modality}'.", "embed photos or sketches.")
        return self.dropout(self.encoders[modality](features))


class LegacyZscmr(HeadMethod):
    """The released code's objective, leak included; its numbers are labelled and belong beside no clean ones."""

    Config = LegacyZscmrConfig
    config: LegacyZscmrConfig
    distance = "l1"
    legacy = True

    def network(self, sizes: Sizes) -> LegacyZscmrNet:
        """Codes of the configured size."""
        return LegacyZscmrNet(sizes, self.config.code_size, self.config.dropout)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Pairs of one class and a sketch of another; the weighted sum of the four terms."""
        net = self.net
        photo, sketch = net.encode("photo", batch["photo"]), net.encode("sketch", batch["sketch"])  # (N, K)
        other = net.encode("sketch", batch.other("sketch"))
        terms = {
            "triplet": lambda: legacy_batch_mean_triplet(photo, sketch, other, self.config.margin),
            "photo classification": lambda: classification(net.classifiers["photo"](photo), batch.labels),
            "sketch classification": lambda: classification(net.classifiers["sketch"](sketch), batch.labels),
            "norm": lambda: norm_regulariser([layer.weight for layer in net.encoders.values()]),
        }
        return WeightedSum(WEIGHTS)(**terms)
