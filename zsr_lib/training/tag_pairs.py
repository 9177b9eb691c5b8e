"""Batches of items that share a label of several."""

from collections.abc import Mapping, Sequence

import numpy as np

from zsr_lib.training.sampling import ClassPairs, PairRows


class TagPairs:
    """For every tag equally often an item of each modality that has it; an item stands for each of its tags in turn.

    So CMIR-Net's released code pairs images with spoken labels, but there labels are drawn as often as they occur.

    Args:
        tags: Modality → (N, L) 0/1.
        batch_size: Pairs of one batch.
        seed: Of the draws.
        names: Of the L tags, for messages.

    Raises:
        BadInputError: A tag lacks items of a modality, or as `ClassPairs`.
    """

    def __init__(
        self, tags: Mapping[str, np.ndarray], batch_size: int, seed: int = 0, names: Sequence[str] = ()
    ) -> None:
        places = {modality: np.nonzero(each) for modality, each in tags.items()}
        self._rows = {modality: rows for modality, (rows, _) in places.items()}
        self._pairs = ClassPairs({modality: own for modality, (_, own) in places.items()}, batch_size, seed, names)

    def __call__(self, number: int) -> PairRows:
        """Batch `number`; labels are tags. What is of another tag may have the own one, too."""
        drawn = self._pairs(number)
        own, other = (
            {modality: self._rows[modality][places] for modality, places in each.items()}
            for each in (drawn.own, drawn.other)
        )
        return drawn._replace(own=own, other=other)
