"""What happened while a method was fitted."""

from collections.abc import Mapping
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

    @classmethod
    def joined(cls, stages: Mapping[str, "History"]) -> "History":
        """Joins the histories of stages that ran one after another.

        Args:
            stages: Name → history, in order. Terms and scores become ``name/term``; those of a stage called ``""``
                keep their names.

        Returns:
            One history in which steps count on from stage to stage; `best_step` is that of the last stage that has one.
        """
        joined, before = cls(), 0
        for name, stage in stages.items():
            start = f"{name}/" if name else ""
            for own, rows in ((joined.steps, stage.steps), (joined.validations, stage.validations)):
                own += [
                    {"step": before + row["step"]} | {f"{start}{key}": row[key] for key in row if key != "step"}
                    for row in rows
                ]
            if stage.best_step is not None:
                joined.best_step = before + stage.best_step
            joined.seconds += stage.seconds
            joined.notes |= {f"{start}{key}": value for key, value in stage.notes.items()}
            before += max((row["step"] for row in (*stage.steps, *stage.validations)), default=0)
        return joined

    def curve(self, term: str) -> tuple[list[int], list[float]]:
        """Steps and values of one loss term or score (``score``, or ``stage/score``), for plotting."""
        rows = self.validations if term.rpartition("/")[2] == "score" else self.steps
        kept = [row for row in rows if term in row]
        return [int(row["step"]) for row in kept], [row[term] for row in kept]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return dict(vars(self))


def with_tuning(history: History, tuning: Mapping[str, History]) -> History:
    """One history of a system that tuned its backbone first: fine-tuning's own where nothing was trained after it."""
    if not history.steps and len(tuning) == 1:
        return next(iter(tuning.values()))
    if tuning:
        history.notes["fine-tuning"] = {name: each.as_dict() for name, each in tuning.items()}
    return history
