"""MLAGT: tokens of several levels, filtered by attention, meet the other modality's in cross-attention.

Source: "Multi-level and attention-guided tokenization", Remote Sensing 16(10):1653, 2024, as METHODS.md §4 describes
its release; the paper's pages and all its numbers are not at hand. Its abstract speaks of filtering and of a
similarity head. The release switches filtering off and has no head; here filtering works (`trunk.keep`), and the head
is an option (`losses.relation`). A second stage
compares CLS tokens after cross-attention by their cosine, as §4.6 does with codes; of pairs of one class this is what
training brings together (of others see `zse_sbir`).
"""

from dataclasses import dataclass, field

from zsr_lib.models.tokens.cross import CrossConfig
from zsr_lib.models.tokens.net import Second
from zsr_lib.models.tokens.zse_sbir import TokenLosses, ZseSbir, ZseSbirConfig
from zsr_lib.training.config import TrainingConfig


@dataclass(frozen=True)
class MlagtConfig(ZseSbirConfig):
    """Options of ZSE-SBIR with sizes, losses and rates of MLAGT's release, 30 passes over 4 800 photos.

    It differs from its parent by 12 heads in cross-attention instead of 8, no relation term, batch and learning rate.
    """

    cross: CrossConfig = field(default_factory=lambda: CrossConfig(heads=12))
    second: Second = "cross"
    losses: TokenLosses = field(default_factory=lambda: TokenLosses(relation=0.0))
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=14_400, batch_size=10, optimizer="adamw", learning_rate=2e-5, weight_decay=1e-2
        )
    )


class Mlagt(ZseSbir):
    """ZSE-SBIR's design without its relation head."""

    Config = MlagtConfig
    config: MlagtConfig
