"""Base of systems that keep the codes of another system in fewer bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from zsr_lib.configs import build, plain
from zsr_lib.data.items import ItemSet
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.evaluation.space_points import as_points
from zsr_lib.models.method import Method
from zsr_lib.models.registry import create, method_class


@dataclass(frozen=True)
class OfConfig:
    """Options that all of them have.

    Attributes:
        of: The system whose codes are kept short.
        options: Its options; defaults are filled in, so that a run record names them all.

    Raises:
        UnknownNameError: No such system, or no such option of it; names the nearest.
        BadInputError: An option has the wrong type.
    """

    of: str = "frozen"
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        inner = build(method_class(self.of).Config, self.options, f"method {self.of}")
        object.__setattr__(self, "options", plain(inner))


class OnCodes(Method):
    """What is fitted stands beside the inner system, `of`, which is saved, moved and audited with it.

    Codes that the inner system compares by cosine come to unit length first.
    """

    config: OfConfig

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.of = create(self.config.of, self.config.options)
        self.legacy = self.of.legacy

    def trained_parts(self) -> tuple[TrainedPart, ...]:
        """The inner system's parts and what was fitted here."""
        return (*self.of.trained_parts(), *super().trained_parts())

    def about(self) -> dict[str, Any]:
        """The inner system's description, too."""
        return super().about() | {"of": self.of.about()}

    def rebuild(self, about: Mapping[str, Any]) -> None:
        """Builds both systems again."""
        self.of.rebuild(about["of"])
        super().rebuild(about)

    def to(self, device: str) -> Self:
        """Moves the inner system, too."""
        self.of.to(device)
        return super().to(device)

    def points(self, items: ItemSet) -> np.ndarray:
        """(N, D) codes of the inner system, in which Euclidean distances rank as its own do."""
        return as_points(self.of.embed(items), self.of.distance)
