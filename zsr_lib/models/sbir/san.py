"""SaN: the layers of Sketch-a-Net, trained to name the seen classes in sketches and in edges of photos.

Yu, Yang, Song, Xiang and Hospedales, "Sketch-a-Net that beats humans", BMVC 2015; METHODS.md §6.2. How it retrieves
photos is not stated by the tables that list it: here both modalities go through one network, and the 512 numbers below
the classifier are the code, compared by Euclidean distance. Left out: channels by the order of strokes, and the
ensemble over scales. The original trains with SGD for long; here the steps are few, so it is Adam.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.classification import cross_modal_classification
from zsr_lib.models.bases.either import EitherMethod, Towers
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.sbir.lines import Lines
from zsr_lib.training.config import TrainingConfig


@dataclass(frozen=True)
class SanConfig:
    """Options.

    Attributes:
        features: None trains the network on pixels; else its two upper layers on these features.
        size: Side of the pictures; the layers need 81 or more.
        augment: Whether pictures are changed at random.
        width: Factor on the number of channels; 1 is the original.
        code_size: Size of the two upper layers.
        dropout: After each of them.
        training: Steps, batches, optimiser.

    Raises:
        BadInputError: `width` or `code_size` is not positive, or `dropout` not a share.
    """

    features: FeaturesConfig | None = None
    size: int = 225
    augment: bool = False
    width: float = 1.0
    code_size: int = 512
    dropout: float = 0.5
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        if self.width <= 0 or self.code_size < 1 or not 0 <= self.dropout < 1:
            raise BadInputError(
                f"width {self.width}, code_size {self.code_size} and dropout {self.dropout} do not go.",
                "give width: 1, code_size: 512 and dropout: 0.5.",
            )


class San(EitherMethod):
    """One network for lines of both modalities, and a classifier; distances are Euclidean."""

    Config = SanConfig
    config: SanConfig
    distance = "euclidean"

    def view(self, modality: str) -> nn.Module:
        """Lines."""
        return Lines(drawn=modality == "sketch")

    def trunk(self, bands: int) -> nn.Module:
        """Five convolutions: maps of 71, 35, 31, 15 and 7 pixels' side where pictures have 225."""
        few, some, many = (max(1, round(self.config.width * each)) for each in (64, 128, 256))
        pool, relu = nn.MaxPool2d(3, 2), nn.ReLU()
        return nn.Sequential(
            *(nn.Conv2d(bands, few, 15, 3), relu, pool, nn.Conv2d(few, some, 5), relu, pool),
            *(nn.Conv2d(some, many, 3, padding=1), relu, nn.Conv2d(many, many, 3, padding=1), relu),
            *(nn.Conv2d(many, many, 3, padding=1), relu, pool),
        )

    def network(self, sizes: Sizes) -> Towers:
        """The 7×7 convolution of the original sees the whole map, so it is a linear layer; as is the 1×1 one."""
        lower, widths = self.lower(sizes, shared=True)
        size, relu, dropout = self.config.code_size, nn.ReLU(), nn.Dropout(self.config.dropout)
        first, second = nn.Linear(next(iter(widths.values())), size), nn.Linear(size, size)
        upper = nn.Sequential(first, relu, dropout, second, relu, dropout)
        net = Towers(lower, dict.fromkeys(widths, upper))
        net.classifier = nn.Linear(size, sizes.classes)
        return net

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy of both modalities."""
        first, second, *_ = self.sizes["features"]
        scores = (self.net.classifier(self.net.encode(name, batch[name])) for name in (first, second))
        return {"classification": cross_modal_classification(*scores, batch.labels)}
