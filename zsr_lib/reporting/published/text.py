"""Published numbers as tables for a terminal."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from tabulate import tabulate

from zsr_lib.reporting.published.number import Footnote, Number
from zsr_lib.reporting.published.reading import published

_HEADS = ("system", "split", "metric as printed", "known definition", "value", "source", "notes")


def as_table(numbers: Sequence[Number]) -> str:
    """One table, in the order given; the last column has the numbers of the footnotes."""
    lines = [
        (
            named(number),
            number.split_text,
            number.metric,
            number.definition,
            number.value,
            number.source,
            " ".join(f"[{place}]" for place in published().places(number)),
        )
        for number in numbers
    ]
    return tabulate(lines, _HEADS, disable_numparse=True, colalign=["left"] * 4 + ["right"] + ["left"] * 2)


def as_tables(numbers: Iterable[Number]) -> str:
    """One table for each data set, protocol and direction, then the footnotes."""
    numbers, parts = list(numbers), []
    for (dataset, protocol, direction), group in groupby(numbers, lambda n: (n.dataset, n.protocol, n.direction)):
        parts.append(f"{dataset} · {direction}; {protocol}\n\n{as_table(list(group))}")
    return "\n\n".join([*parts, footnotes_text(published().footnotes_of(numbers))])


def footnotes_text(footnotes: Iterable[Footnote]) -> str:
    """Footnotes, one a line."""
    return "\n".join(f"[{note.place}] {note.text} ({note.evidence})" for note in footnotes)


def named(number: Number) -> str:
    """A system with what is known of its codes: ``ZSIH (64 bits)``."""
    if number.code_size is None:
        return number.system
    return f"{number.system} ({number.code_size}{' bits' if number.binary else '-d'})"
