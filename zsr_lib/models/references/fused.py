"""Several systems as one: their codes side by side, each of unit length, so that cosines are averaged.

Systems that fail on different queries are better together than each for itself. The cosine of two fused codes is
Σ wᵢ cosᵢ / Σ wᵢ with the parts' own cosines and weights; nothing is fitted here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.configs import build, plain
from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.models.method import Method
from zsr_lib.models.registry import create, method_class
from zsr_lib.training.config import Run
from zsr_lib.training.history import History


@dataclass(frozen=True)
class PartConfig:
    """One of the systems.

    Attributes:
        of: Its name; its distance must be the cosine.
        options: Its options; defaults are filled in, so that a run record names them all.
        weight: Of its cosines, above 0.

    Raises:
        UnknownNameError: No such system, or no such option of it; names the nearest.
        BadInputError: An option has the wrong type, or the weight is not positive.
    """

    of: str = "frozen"
    options: dict[str, Any] = field(default_factory=dict)
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.weight <= 0:
            raise BadInputError(f"a part's weight is {self.weight}.", "give a number above 0, or leave the part out.")
        object.__setattr__(self, "options", plain(build(method_class(self.of).Config, self.options, self.of)))


@dataclass(frozen=True)
class FusedConfig:
    """Options.

    Attributes:
        parts: Name → system; at least one.

    Raises:
        BadInputError: There is none.
    """

    parts: dict[str, PartConfig] = field(default_factory=lambda: {"frozen": PartConfig()})

    def __post_init__(self) -> None:
        if not self.parts:
            raise BadInputError("nothing is to be fused.", "name at least one system in parts.")


class SideBySide(nn.Module):
    """(N, D) code of each part → (N, Σ D): unit lengths times the roots of the weights."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        super().__init__()
        self.roots = [weight**0.5 for weight in weights.values()]

    def forward(self, codes: list[Tensor]) -> Tensor:
        """See the class; the codes in the order of the parts."""
        unit = [nn.functional.normalize(each, dim=1) * root for each, root in zip(codes, self.roots, strict=True)]
        return torch.cat(unit, dim=1)


class Fused(Method):
    """The parts' codes, side by side; compared by the cosine.

    Attributes:
        parts: Name → system.
        beside: Makes one code of theirs.
    """

    Config = FusedConfig
    config: FusedConfig

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.parts = nn.ModuleDict({name: create(each.of, each.options) for name, each in self.config.parts.items()})
        if others := [each.name for each in self.parts.values() if each.distance != "cosine"]:
            raise BadInputError(f"'{others[0]}' does not compare codes by the cosine.", "fuse systems that do.")
        self.beside = SideBySide({name: each.weight for name, each in self.config.parts.items()})
        self.legacy = any(each.legacy for each in self.parts.values())

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Fits every part on the task; their histories are joined."""
        histories = {name: each.fit(task, run) for name, each in self.parts.items()}
        self.fitted(run)
        return History.joined(histories)

    def fitted(self, run: Run = Run()) -> None:  # noqa: B008
        """Notes that all parts are fitted, wherever that was done."""
        self.begin(run, parts=list(self.parts))

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, Σ D) float32.

        Raises:
            BadInputError: A part is not fitted, or not for this modality.
        """
        codes = [torch.from_numpy(each.embed(items)).float() for each in self.parts.values()]
        return self.beside(codes).numpy()

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """Those of the parts, under their names."""
        return tuple(
            replace(each, name=f"{name}: {each.name}")
            for name, part in self.parts.items()
            for each in part.trained_parts()
        )

    def about(self) -> dict[str, Any]:
        """The parts' descriptions, too."""
        return super().about() | {"of": {name: each.about() for name, each in self.parts.items()}}

    def restore(self, state: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
        """Takes the parts back, each of which checks what it depends on.

        Raises:
            BadInputError: A part's backbone on this machine is not the one that it was fitted with.
        """
        self.rebuild(about)
        for name, each in self.parts.items():
            start = f"parts.{name}."
            own = {key.removeprefix(start): value for key, value in state.items() if key.startswith(start)}
            each.restore(own, about["of"][name])

    def to(self, device: str) -> Self:
        """Moves the parts, too."""
        for each in self.parts.values():
            each.to(device)
        return super().to(device)
