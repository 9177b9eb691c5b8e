"""What hashing systems share: signs of a network's outputs as packed bits, and how many bits data can bear."""

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import TrainedMethod
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


def check_bits(bits: int, pool: Pool) -> None:
    """Refuses codes with more bits than a modality has training items, a limit that is chosen.

    Any number of bits will do otherwise: the last byte is filled up with zeros, which are no distance.

    Raises:
        BadInputError: There are fewer items than bits in a modality, fewer than two classes, or less than 1 bit.
    """
    if bits < 1:
        raise BadInputError(f"codes of {bits} bits.", "give 1 or more.")
    if len(pool.classes) < 2:
        raise BadInputError("there are fewer than two classes, so nothing to tell apart.", "train on more classes.")
    for items in pool:
        if len(items) < bits:
            raise BadInputError(
                f"{len(items)} training {items.modality} items cannot fill codes of {bits} bits.",
                f"ask for at most {len(items)} bits, or train on more items.",
            )


class HashMethod(TrainedMethod):
    """A trained system whose codes are the signs of what its network gives."""

    distance = "hamming"

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Trains; the codes of the training items have done their work then, and go.

        Raises:
            ZsrError: As `TrainedMethod.fit`, or the data cannot bear so many bits.
        """
        history = super().fit(task, run)
        self.net.targets = None
        return history

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, ⌈bits / 8⌉) uint8 packed bits.

        Raises:
            BadInputError: Not fitted, or not for these items.
        """
        return np.packbits(super().embed(items) > 0, axis=1)
