"""Any system's codes as bits: their signs, or those after iterative quantisation (ITQ), compared by Hamming distance.

Whatever is fitted here is fitted on codes of seen classes. (SEM-PCYC's released code fits ITQ on the test sketches, so
that its binary numbers are transductive.)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch

from zsr_lib.configs import build, plain
from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.evaluation.space_points import as_points
from zsr_lib.models.chunks import in_chunks
from zsr_lib.models.itq import fit_itq
from zsr_lib.models.method import Method
from zsr_lib.models.registry import create, method_class
from zsr_lib.training.config import Run
from zsr_lib.training.history import History

INNER = "of."
"""Before the names of the inner system's tensors."""


@dataclass(frozen=True)
class BinaryConfig:
    """Options.

    Attributes:
        of: The system whose codes become bits.
        options: Its options; defaults are filled in, so that a run record names them all.
        bits: Number of bits; None takes the size of the inner system's codes, which ``sign`` cannot change.
        how: ``itq``, or ``sign``: one bit for each number of the code, as it is.
        centre: Take away each modality's own mean over the seen classes first.

    Raises:
        UnknownNameError: No such system, or no such option of it; names the nearest.
        BadInputError: An option has the wrong type, or `bits` is not positive.
    """

    of: str = "frozen"
    options: dict[str, Any] = field(default_factory=dict)
    bits: int | None = 64
    how: Literal["itq", "sign"] = "itq"
    centre: bool = True

    def __post_init__(self) -> None:
        if self.bits is not None and self.bits < 1:
            raise BadInputError(f"codes of {self.bits} bits.", "give 1 or more, or null for the size of the codes.")
        inner = build(method_class(self.of).Config, self.options, f"method {self.of}")
        object.__setattr__(self, "options", plain(inner))


class Binary(Method):
    """Packed bits of another system's codes, 8 a byte; the last byte is filled up with zeros.

    Codes that the inner system compares by cosine come to unit length first.
    """

    Config = BinaryConfig
    config: BinaryConfig
    distance = "hamming"

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self._inner = create(self.config.of, self.config.options)
        if self._inner.distance == "hamming":
            raise BadInputError(f"the codes of '{self.config.of}' are bits already.", "take a system with float codes.")
        self.legacy = self._inner.legacy
        self._centres: dict[str, np.ndarray] = {}
        self._projection: np.ndarray | None = None
        self._classes: tuple[str, ...] = ()

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Fits the inner system, then means, directions and rotation on its codes of the seen classes.

        Raises:
            BadInputError: The inner system's codes do not give so many bits.
        """
        history = self._inner.fit(task, run)
        items = (task.photos("seen"), task.training_sketches("seen"))
        codes = {part.modality: self._points(part) for part in items}
        size = next(iter(codes.values())).shape[1]
        bits = self.config.bits or size
        centre = self.config.centre
        self._centres = {name: each.mean(axis=0) if centre else np.zeros(size) for name, each in codes.items()}
        self._projection, self._classes = None, task.seen
        if self.config.how == "itq":
            centred = np.concatenate([each - self._centres[name] for name, each in codes.items()])
            self._projection, errors = fit_itq(centred, bits, run.seed)
            history.notes["ITQ errors"] = list(errors)
        elif bits != size:
            raise BadInputError(
                f"the signs of {size} numbers are {size} bits, not {bits}.", "take bits: null, or how: itq."
            )
        return history

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, ⌈bits / 8⌉) uint8 packed bits.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        if items.modality not in self._centres:
            raise BadInputError(f"there are no bits for modality '{items.modality}'.", "call fit(task) first.")
        values = self._points(items) - self._centres[items.modality]
        if self._projection is not None:
            values = in_chunks(lambda rows: rows @ self._projection, values)
        return np.packbits(values > 0, axis=1)

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """The inner system's parts and what was fitted here."""
        own = (self._projection is not None, "ITQ"), (self._projection is None and self.config.centre, "centring")
        return (*self._inner.trained_parts(), *(TrainedPart(name, self._classes) for fitted, name in own if fitted))

    def state(self) -> dict[str, torch.Tensor]:
        """The inner system's tensors, each modality's mean, and the projection of ITQ."""
        arrays = {f"centre.{name}": value for name, value in self._centres.items()}
        if self._projection is not None:
            arrays["projection"] = self._projection
        inner = {f"{INNER}{name}": tensor for name, tensor in self._inner.state().items()}
        return inner | {name: torch.from_numpy(value) for name, value in arrays.items()}

    def about(self) -> dict[str, Any]:
        """The inner system's description and the classes behind what was fitted here."""
        return {"of": self._inner.about(), "classes": list(self._classes)}

    def restore(self, state: Mapping[str, torch.Tensor], about: Mapping[str, Any]) -> None:
        """Takes both systems back."""
        inner = {name.removeprefix(INNER): value for name, value in state.items() if name.startswith(INNER)}
        self._inner.restore(inner, about["of"])
        arrays = {name: value.numpy() for name, value in state.items() if not name.startswith(INNER)}
        self._projection = arrays.pop("projection") if self.config.how == "itq" else None
        self._centres = {name.removeprefix("centre."): value for name, value in arrays.items()}
        self._classes = tuple(about["classes"])

    def to(self, device: str) -> None:
        """Moves the inner system."""
        self._inner.to(device)

    def _points(self, items: ItemSet) -> np.ndarray:
        return as_points(self._inner.embed(items), self._inner.distance)
