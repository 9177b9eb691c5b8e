"""zscmr+: a clean zero-shot system on ZSCMR's inputs.

Not from a paper. ZSCMR trains two matrices on features that stay as they are. Here the last blocks of one backbone,
shared by photos and sketches, are fine-tuned on the seen classes with a supervised contrastive loss (Khosla et al.,
NeurIPS 2020): all items of a class, photos and sketches alike, are each other's positives. Batch normalisation stays
frozen, and features are standardised per modality with statistics of the seen classes, before training and after.
"""

from dataclasses import dataclass, field

from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.bases.whitening import WhiteningConfig
from zsr_lib.models.references.standardised import Standardised
from zsr_lib.models.tuning.config import TailConfig


@dataclass(frozen=True)
class ZscmrPlusConfig(WhiteningConfig):
    """Options.

    Attributes:
        features: Backbone and weights; with `features.rotations` 2, codes are averaged over an image and its mirror
            image.
        tail: How the backbone's last blocks are fine-tuned; None leaves them as they are, which makes this system
            `standardised`.
        centre_only: Only take each modality's mean away.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    tail: TailConfig | None = field(default_factory=lambda: TailConfig(own_turns="mirror", own_classes=40, own_items=3))
    centre_only: bool = False


class ZscmrPlus(Standardised):
    """Standardised features of the fine-tuned backbone, compared by the cosine."""

    Config = ZscmrPlusConfig
    config: ZscmrPlusConfig
