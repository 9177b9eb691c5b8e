"""Which features: the options of an extractor."""

from dataclasses import dataclass, replace
from typing import Literal

from zsr_lib.configs import added
from zsr_lib.errors import BadInputError

USUAL_SIDES = {"pixels": 32, "hog": 64, "small_cnn": 64, "edge_cnn": 64}
"""Input sides of what is not a torchvision classifier; those take 224 pixels."""
LARGEST_SIDE = 1024


@dataclass(frozen=True)
class FeaturesConfig:
    """How items become features.

    Attributes:
        backbone: ``pixels``, ``hog``, ``small_cnn``, ``edge_cnn``, or the name of a torchvision classifier
            (``mobilenet_v2``, ``resnet18``, ``vgg16``, ``vit_b_16``, …); for sentences ``words``,
            ``sentence_encoder`` (with its file as `weights`) or ``open_clip`` (``MODEL:WEIGHTS``), for features that a
            data set brings along ``given``.
        weights: ``none`` (random, by `seed`), ``imagenet`` (torchvision's download), a file's path, or the name of a
            file among `zsr_lib.settings.weight_files`.
        size: Side of the network's input in pixels; None takes the backbone's usual one (`side`).
        crop: Take the central 7/8 of each side, as torchvision does with photos of objects; else the whole image,
            which drawings that fill their paper ask for.
        seed: Of random weights.
        rotations: Features are averaged over this many symmetries of the square: 1 (as it is), 2 (also mirrored), 4
            (the quarter turns) or 8 (these also mirrored).
        precision: What a network computes in. In ``float64`` features come out the same on every processor but for
            single last digits, and take more than twice as long; None takes that for ``small_cnn``, else float32.
        until: Features are the mean over positions of what this many of the network's blocks give, numbered as in
            `zsr_lib.features.backbones.trunk_and_head`; of several numbers, the means side by side. None takes what
            its classifier takes.
        by: Modality → how its items become features, where that differs from the rest.

    Raises:
        BadInputError: `size` is out of range.
    """

    backbone: str = "small_cnn"
    weights: str = "none"
    size: int | None = None
    crop: bool = True
    seed: int = 0
    rotations: Literal[1, 2, 4, 8] = 1
    precision: Literal["float32", "float64"] | None = added(None)
    until: int | tuple[int, ...] | None = added(None)
    by: "dict[str, FeaturesConfig] | None" = added(None)  # noqa: RUF009 - a field

    def __post_init__(self) -> None:
        if self.size is not None and not 8 <= self.size <= LARGEST_SIDE:
            raise BadInputError(f"features.size is {self.size}.", f"use 8 … {LARGEST_SIDE} pixels, or null.")
        if self.rotations not in (1, 2, 4, 8):
            raise BadInputError(f"features.rotations is {self.rotations}.", "use 1, 2, 4 or 8.")

    def of(self, modality: str) -> "FeaturesConfig":
        """How items of one modality become features."""
        return replace((self.by or {}).get(modality, self), by=None)

    @property
    def side(self) -> int:
        """Side of the network's input in pixels."""
        return self.size or USUAL_SIDES.get(self.backbone, 224)
