"""ZSCMR: photos and sketches of everyday things in a 64-d space tied to class vectors.

Chaudhuri, Banerjee, Bhattacharya and Datcu, "A Simplified Framework for Zero-Shot Cross-Modal Sketch Data Retrieval",
CVPR Workshops 2020. The authors' slides print a plain sum of four terms: class-vector alignment L_cmd, cross
reconstruction L_rcs, triplets with either modality as anchor L_3lt, and classification L_class. The table there names
64-d codes; how 300-d word vectors become 64-d is not stated, so a linear map of them is learned.
"""

from dataclasses import dataclass

from zsr_lib.losses.triplet import Anchors
from zsr_lib.models.remote_sensing.semantic_space import SemanticSpace, SemanticSpaceConfig


@dataclass(frozen=True)
class ZscmrConfig(SemanticSpaceConfig):
    """The options of `SemanticSpaceConfig` with other defaults, and one more.

    Attributes:
        learned_size: Size of the codes and of the learned class vectors; None keeps the vectors fixed.
        margin: Of the triplet terms, Euclidean distance; the paper's is not stated, 0.5 is the released code's.
        anchors: Which modality anchors triplets; ``both`` sums the two terms, as the slides do.
    """

    learned_size: int | None = 64
    margin: float = 0.5
    anchors: Anchors = "both"


class Zscmr(SemanticSpace):
    """ZSCMR as the authors' slides describe it; every loss can be switched off."""

    Config = ZscmrConfig
    config: ZscmrConfig

    @property
    def anchors(self) -> Anchors:
        """Which modality anchors triplets."""
        return self.config.anchors
