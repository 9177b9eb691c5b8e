"""Bits as SEM-PCYC's released code makes them: its ITQ is fitted on the test sketches, to measure what that is worth.

Source: the released code of SEM-PCYC (Dutta and Akata, CVPR 2019). Means are those of the test queries and of the test
gallery, directions and rotation those of the queries. Such bits know the unseen classes: the run is labelled, and
belongs beside no clean one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.models.references.binary import Binary


class LegacyTestItq(Binary):
    """`Binary`, fitted on what it is tested on."""

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.legacy = True

    def fitted_on(self, task: Task) -> Mapping[str, ItemSet]:
        """The items of unseen classes."""
        return {name: task.items("unseen", name) for name in task.modalities}

    def turned_by(self, task: Task) -> Sequence[str]:
        """Queries only: the last modality."""
        return task.modalities[-1:]

    def noted(self, part: str, task: Task) -> None:
        """Owns up to it."""
        items = [name for each in self.fitted_on(task).values() for name in each.ids.tolist()]
        self.record(part, task.unseen, items)
