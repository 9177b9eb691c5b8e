"""MLAGT as its released code trains it, to measure what the differences are worth.

Differences from `zsr_lib.models.tokens.mlagt`, by METHODS.md §4.3 to §4.6: the state that is kept is the one which
ranks the *unseen* classes' test sketches best; where a layer filters tokens, its attention's output is lost; bands
are normalised with 0.5 and 0.5. Not repeated is what does not change a result: labels by the order in which a disk
lists folders, and encoding every photo again for every batch of sketches (``benchmarks/tokens.py`` measures that).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.models.bases.on_pixels import PictureTable
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.tokens.mlagt import Mlagt, MlagtConfig
from zsr_lib.training.config import TrainingConfig

VALIDATE_EVERY = 480
"""Steps of a pass over 4 800 photos in batches of 10."""


@dataclass(frozen=True)
class LegacyMlagtConfig(MlagtConfig):
    """MLAGT's options; a state is chosen once a pass, from the first on (in the release from the tenth)."""

    training: TrainingConfig = field(
        default_factory=lambda: replace(MlagtConfig().training, validate_every=VALIDATE_EVERY)
    )


class LegacyMlagt(Mlagt):
    """Selection on the test set included; its numbers are labelled and belong beside no clean ones."""

    Config = LegacyMlagtConfig
    config: LegacyMlagtConfig
    legacy = True
    loses_output = True

    def chosen_by(self, task: Task) -> tuple[str, ...]:
        """The unseen classes."""
        return task.unseen if self.config.training.validate_every > 0 else ()

    def validation_items(self, task: Task) -> tuple[ItemSet, ItemSet]:
        """The test's queries and gallery."""
        return task.queries(), task.gallery()

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, PictureTable]) -> None:
        """Fixes the normalisation."""
        super().ready(task, pool, tables)
        for scaling in self.bands.values():
            scaling.mean.fill_(127.5)
            scaling.scale.fill_(127.5)
