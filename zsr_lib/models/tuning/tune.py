"""A backbone tuned before anything else is trained: which blocks came out, and what the leak audit must know."""

from collections.abc import Mapping
from dataclasses import dataclass

from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.finetune_config import FinetuneConfig
from zsr_lib.features.tail import Tail
from zsr_lib.models.tuning.tail_config import TailConfig
from zsr_lib.training.config import Run
from zsr_lib.training.history import History

SHARED = "shared"
"""Name of the blocks that serve all modalities."""
TuningConfig = FinetuneConfig | TailConfig


@dataclass(frozen=True, eq=False)
class Tuned:
    """What tuning made.

    Attributes:
        tails: Modality, or ``shared`` → trained blocks.
        part: What they were trained on.
        histories: What happened, by the same names.
    """

    tails: Mapping[str, Tail]
    part: TrainedPart
    histories: Mapping[str, History]


def fine_tuned(features: FeaturesConfig, config: TuningConfig, task: Task, run: Run) -> Tuned:
    """Tunes a backbone on a task: as a classifier (`FinetuneConfig`), or contrasting domains (`TailConfig`).

    Raises:
        ZsrError: As `zsr_lib.models.tuning.stage_one` and `zsr_lib.models.tuning.tuned_backbone` say.
    """
    from zsr_lib.models.tuning.stage_one import stage_one
    from zsr_lib.models.tuning.tuned_backbone import tuned_backbone

    return (stage_one if isinstance(config, FinetuneConfig) else tuned_backbone)(features, config, task, run)
