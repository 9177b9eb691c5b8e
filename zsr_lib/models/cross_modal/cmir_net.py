"""CMIR-Net on features of each modality: a hidden layer each in stage one, then one space for both."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import nn

from zsr_lib.data.task import Task
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.initialisation import xavier
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.bases.trained import Sizes
from zsr_lib.models.cross_modal.two_stages import TwoStages
from zsr_lib.models.cross_modal.two_stages_net import TwoStagesConfig, TwoStagesNet
from zsr_lib.training.sources import FeatureTable


@dataclass(frozen=True)
class CmirNetConfig(TwoStagesConfig):
    """The options of `TwoStagesConfig`, and one more.

    Attributes:
        features: Backbone, weights, input size; `features.by` says what differs for one modality.
    """

    features: FeaturesConfig = field(default_factory=FeaturesConfig)


class CmirNet(TwoStages, HeadMethod):
    """CMIR-Net; "normalise A, B", the first line of its algorithm, is read as standardising each feature."""

    Config = CmirNetConfig
    config: CmirNetConfig

    def network(self, sizes: Sizes) -> TwoStagesNet:
        """Stage one is a linear layer with ReLU.

        The released code has no stage one for image and speech: its layers 4096 → 512 → 128 and 128 → 128 are the start
        of stage two's encoders and trained with them. Here they are trained before, and kept.
        """
        hidden = self.config.feature_size
        stage_one = {
            name: nn.Sequential(Scaling(size, floor=1e-3), nn.Linear(size, hidden), nn.ReLU())
            for name, size in sizes.features.items()
        }
        for each in stage_one.values():
            xavier(each)
        return TwoStagesNet(stage_one, sizes.classes, self.config)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, FeatureTable]) -> None:
        """Measures the features of the seen classes first."""
        for name, table in tables.items():
            self.net.stage_one[name][0].measure(table.features)
        super().ready(task, pool, tables)
