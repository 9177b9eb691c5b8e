"""Numbers that remember which runs they are from, through sums, differences, products and quotients."""

from collections.abc import Iterable
from typing import Any


class FromRuns(float):
    """A number with the runs that it follows from, each ``experiment/folder``.

    >>> made = FromRuns(0.5, ["a/x"]) - FromRuns(0.25, ["a/y"])
    >>> made, made.runs
    (0.25, ('a/x', 'a/y'))
    """

    runs: tuple[str, ...]

    def __new__(cls, value: float, runs: Iterable[str] = ()) -> "FromRuns":
        """The number `value`."""
        made = super().__new__(cls, value)
        made.runs = tuple(runs)
        return made

    def __repr__(self) -> str:
        return float.__repr__(self)


def runs_of(*values: object) -> tuple[str, ...]:
    """The runs that values follow from, each once."""
    return tuple(dict.fromkeys(run for value in values for run in getattr(value, "runs", ())))


def _remembering(name: str) -> Any:
    plain = getattr(float, name)

    def operation(self: FromRuns, *others: Any) -> Any:
        found = plain(self, *others)
        return FromRuns(found, runs_of(self, *others)) if isinstance(found, float) else found

    return operation


for _name in ("add", "sub", "mul", "truediv"):
    for _side in ("", "r"):
        setattr(FromRuns, f"__{_side}{_name}__", _remembering(f"__{_side}{_name}__"))
for _name in ("neg", "abs"):
    setattr(FromRuns, f"__{_name}__", _remembering(f"__{_name}__"))
