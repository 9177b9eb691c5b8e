"""What happened while a method was fitted."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class History:
    """Losses and validations, in order.

    Attributes:
        steps: One mapping a logged step: ``step``, every loss term by name, ``total``, ``learning_rate``.
        validations: One mapping a validation: ``step``, ``score`` (higher is better).
        best_step: Step of the kept state; None where nothing was validated.
        seconds: Wall time of fitting, resumed parts included.
        notes: What else a reader of the numbers should know, by name.
    """

    steps: list[dict[str, float]] = field(default_factory=list)
    validations: list[dict[str, float]] = field(default_factory=list)
    best_step: int | None = None
    seconds: float = 0.0
    notes: dict[str, Any] = field(default_factory=dict)

    def curve(self, term: str) -> tuple[list[int], list[float]]:
        """Steps and values of one loss term (or ``score``), for plotting."""
        rows = self.validations if term == "score" else self.steps
        kept = [row for row in rows if term in row]
        return [int(row["step"]) for row in kept], [row[term] for row in kept]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return dict(vars(self))
