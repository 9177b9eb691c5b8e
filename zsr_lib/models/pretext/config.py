"""Options of context prediction."""

from dataclasses import dataclass, field
from typing import Literal

from zsr_lib.configs import added
from zsr_lib.models.pretext.late_fusion import SMALL
from zsr_lib.models.pretext.patches import PatchesConfig
from zsr_lib.training.config import TrainingConfig


@dataclass(frozen=True)
class ContextPredictionConfig:
    """Options.

    Attributes:
        backbone: ``small``, ``alexnet``, or another classifier of torchvision, whose pooled features stand for fc6.
        weights: ``none``, ``imagenet``, or a file, as in `zsr_lib.features.config.FeaturesConfig`.
        kept: How many layers, counted from the picture, keep these weights; null: all ("pretraining level").
        batch_norm: Batch normalisation behind convolutions; of a network that has it, whether batches are measured.
        width: Of fc7 and fc8, and of ``small``'s fc6; the slides' is 4096.
        size: Side of the network's input; patches and whole pictures are resized to it.
        whole: Another side for whole pictures, so that things are as large in them as in patches; 0: `size`, which is
            all that the source says. What the trunk makes of it is pooled to what fc6 takes.
        domain: ``cross`` (a photo's patch, then a drawing's), ``photo`` or ``edges`` alone.
        style: How photos are drawn (`zsr_lib.data.drawing.STYLES`).
        patches: The grid that patches are cut from.
        probe: Another grid, on whose patches the trained network is asked, too; it shows what a shortcut was worth.
        symmetries: Turn and mirror photo and drawing alike, for pictures that have no up.
        pretext: False leaves the network as it starts, for comparison.
        training: Steps, batches of photos, optimiser.
    """

    backbone: str = SMALL
    weights: str = "none"
    kept: int | None = None
    batch_norm: bool = True
    width: int = 128
    size: int = 24
    domain: Literal["cross", "photo", "edges"] = "cross"
    style: Literal["canny", "xdog", "contour"] = "canny"
    patches: PatchesConfig = field(default_factory=lambda: PatchesConfig(24, 8, 0.5, 2))
    probe: PatchesConfig | None = None
    symmetries: bool = False
    pretext: bool = True
    whole: int = added(0)
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(steps=600, batch_size=32, learning_rate=0.003, schedule="cosine")
    )
