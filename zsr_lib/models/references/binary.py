"""Any system's codes as bits: their signs, or those after a projection (ITQ, random, means), by Hamming distance.

Whatever is fitted here is fitted on codes of seen classes. SEM-PCYC's released code fits ITQ on the test sketches, so
that its binary numbers know the test; what that is worth can be measured, and is labelled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from zsr_lib.configs import added
from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.models.bases.chunks import in_chunks
from zsr_lib.models.bases.on_codes import OfConfig, OnCodes
from zsr_lib.models.references.hashes import check_length, grouped_means, random_hyperplanes
from zsr_lib.models.references.itq import fit_itq
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


@dataclass(frozen=True)
class BinaryConfig(OfConfig):
    """Options.

    Attributes:
        bits: Number of bits; None takes the size of the inner system's codes, which ``sign`` cannot change.
        how: ``itq``; ``sign``: one bit for each number of the code, as it is; ``mean``: one for the mean of each group
            of neighbouring numbers; ``lsh``: one for each of `bits` random hyperplanes, which the run's seed draws.
        centre: Take away each modality's own mean over the seen classes first.
        fitted_on: ``seen``, or ``test``: the leak of SEM-PCYC's released code, with means of the test queries and of
            the gallery, directions and rotation of the queries. It needs `legacy`.
        legacy: The run is to be labelled as leaking.

    Raises:
        UnknownNameError: As `OfConfig`.
        BadInputError: As `OfConfig`, `bits` is not positive, or the test is asked for without `legacy`.
    """

    bits: int | None = 64
    how: Literal["itq", "sign", "mean", "lsh"] = "itq"
    centre: bool = True
    fitted_on: Literal["seen", "test"] = added("seen")
    legacy: bool = added(False)

    def __post_init__(self) -> None:
        if self.bits is not None and self.bits < 1:
            raise BadInputError(f"codes of {self.bits} bits.", "give 1 or more, or null for the size of the codes.")
        if self.fitted_on == "test" and not self.legacy:
            raise BadInputError(
                "bits that are fitted on the test items know the unseen classes: that is not zero-shot.",
                "set fitted_on: seen; or legacy: true, to measure the leak, labelled as such.",
            )
        super().__post_init__()


class Binary(OnCodes):
    """Packed bits of another system's codes, 8 a byte; the last byte is filled up with zeros."""

    Config = BinaryConfig
    config: BinaryConfig
    distance = "hamming"

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        if self.of.distance == "hamming":
            raise BadInputError(f"the codes of '{self.config.of}' are bits already.", "take a system with float codes.")
        self.legacy |= self.config.legacy

    def build(self, centres: Sequence[str], size: int, bits: int) -> None:
        """Makes a mean for each modality, and the projection where there is one."""
        blank = {name: torch.zeros(size, dtype=torch.float64) for name in centres}
        self.centre = nn.ParameterDict({name: nn.Parameter(each, requires_grad=False) for name, each in blank.items()})
        projects = self.config.how != "sign"
        self.register_buffer("projection", torch.zeros(size, bits, dtype=torch.float64) if projects else None)

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Fits the inner system, then means and, for ITQ, directions and rotation on its codes of the seen classes.

        Raises:
            BadInputError: The inner system's codes do not give so many bits.
        """
        history = self.of.fit(task, run)
        items = self._fitted_on(task)
        codes = {name: self.points(each) for name, each in items.items()}
        size = next(iter(codes.values())).shape[1]
        bits = self.config.bits or size
        if self.config.how == "sign" and bits != size:
            raise BadInputError(
                f"the signs of {size} numbers are {size} bits, not {bits}.", "take bits: null, or how: itq."
            )
        check_length(bits, size, self.config.how)
        self.begin(run, centres=list(codes), size=size, bits=bits)
        self._parts = {}
        if self.config.centre:
            for name, each in codes.items():
                self.centre[name].copy_(torch.from_numpy(each.mean(axis=0)))
        if self.config.how == "mean":
            self.projection.copy_(torch.from_numpy(grouped_means(size, bits)))
        elif self.config.how == "lsh":
            self.projection.copy_(torch.from_numpy(random_hyperplanes(size, bits, run.seed)))
        if self.config.how == "itq":
            turned_by = list(codes) if self.config.fitted_on == "seen" else list(codes)[-1:]
            centred = np.concatenate([codes[name] - self.centre[name].numpy() for name in turned_by])
            projection, errors = fit_itq(centred, bits, run.seed)
            self.projection.copy_(torch.from_numpy(projection))
            history.notes["ITQ errors"] = list(errors)
            self._note("ITQ", task, items)
        else:  # without a mean, all that was learned of the items is how long their codes are
            self._note("centring" if self.config.centre else "length", task, items)
        return history

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, ⌈bits / 8⌉) uint8 packed bits.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        if self.sizes is None or items.modality not in self.centre:
            raise BadInputError(f"there are no bits for modality '{items.modality}'.", "call fit(task) first.")
        values = self.points(items) - self.centre[items.modality].cpu().numpy()
        if self.projection is not None:
            projection = self.projection.cpu().numpy()
            values = in_chunks(lambda rows: rows @ projection, values)
        return np.packbits(values > 0, axis=1)

    def _fitted_on(self, task: Task) -> Mapping[str, ItemSet]:
        if self.config.fitted_on == "test":
            return {name: task.items("unseen", name) for name in task.modalities}
        return {name: task.training_items("seen", name) for name in task.modalities}

    def _note(self, part: str, task: Task, items: Mapping[str, ItemSet]) -> None:
        """Tells the leak audit what was looked at, test items one by one."""
        if self.config.fitted_on == "test":
            self.record(part, task.unseen, [name for each in items.values() for name in each.ids.tolist()])
        else:
            self.record(part, task.seen)
