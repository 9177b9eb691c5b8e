"""CMIR-Net on pixels of any bands: small convolutional networks in stage one, as for panchromatic and multispectral."""

from dataclasses import dataclass

from zsr_lib.models.bases.on_pixels import PixelMethod
from zsr_lib.models.bases.trained import Sizes
from zsr_lib.models.cross_modal.convolutions import MapsNet
from zsr_lib.models.cross_modal.two_stages import TwoStages
from zsr_lib.models.cross_modal.two_stages_net import TwoStagesConfig, TwoStagesNet


@dataclass(frozen=True)
class CmirNetPixelsConfig(TwoStagesConfig):
    """The options of `TwoStagesConfig`, and two more.

    Attributes:
        size: Side of the networks' input in pixels, in both modalities.
        augment: Whether pictures in red, green and blue are changed at random; not where partners show one place the
            same way up.
    """

    size: int = 64
    augment: bool = False


class CmirNetPixels(TwoStages, PixelMethod):
    """CMIR-Net on pictures."""

    Config = CmirNetPixelsConfig
    config: CmirNetPixelsConfig

    @property
    def moves(self) -> bool:
        """Whether pictures are changed at random."""
        return self.config.augment

    def network(self, sizes: Sizes) -> TwoStagesNet:
        """A convolutional network for each modality's bands."""
        stage_one = {name: MapsNet(bands, self.config.feature_size) for name, bands in sizes.features.items()}
        return TwoStagesNet(stage_one, sizes.classes, self.config)
