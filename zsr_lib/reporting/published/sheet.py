"""A published table as it is typed off: columns, rows of printed values, and what holds for all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.reporting.published.number import NOT_STATED, Number

NO_VALUE = "–"


@dataclass(frozen=True)
class System:
    """What is known about a system from its own paper and released code.

    Attributes:
        year: Of publication.
        splits: Pattern such as ``sketchy-25-*`` → the frozen split that its code uses.
        definitions: Metric as printed → the full name of what its code computes.
        caveats: Footnotes on all its numbers in tables that `Sheet.released_code` is set for.
    """

    year: int | None = None
    splits: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of values; attributes as in `Number`."""

    dataset: str
    split: str
    metric: str
    definition: str = NOT_STATED
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One row.

    Attributes:
        system: A name of ``systems.yaml``.
        values: As printed, separated by spaces, one for each column; – where the table has none.
        direction: What is retrieved by what.
        code_size: Numbers or bits of a code.
        binary: Whether codes are bits.
        splits: Pattern → the frozen split that this row is known to use instead.
        caveats: Footnotes on the whole row.
        caveats_on: Data set → footnotes on the row's numbers there.
    """

    system: str
    values: str
    direction: str = "sketch→photo"
    code_size: int | None = None
    binary: bool = False
    splits: dict[str, str] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    caveats_on: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """One printed table.

    Attributes:
        source: Its name in short.
        where: Where it is printed, in full.
        unit: ``fraction`` or ``per cent``.
        columns: From left to right.
        rows: From top to bottom.
        protocol: As in `Number`.
        released_code: The footnote on values whose split or definition is taken from the system's released code
            because the table does not say; when empty, nothing is taken from there.
        caveats: Footnotes on the whole table.
    """

    source: str
    where: str
    unit: str
    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    protocol: str = "zero-shot"
    released_code: str = ""
    caveats: tuple[str, ...] = ()


def numbers_of(sheet: Sheet, systems: Mapping[str, System]) -> Iterator[Number]:
    """The table's values, row by row.

    Raises:
        UnknownNameError: A row's system is not in `systems`; names the nearest.
        BadInputError: A row has too many or too few values, or one that is no score.
    """
    for line in sheet.rows:
        if line.system not in systems:
            raise UnknownNameError(f"system in {sheet.source}", line.system, systems)
        values = line.values.split()
        if len(values) != len(sheet.columns):
            raise BadInputError(
                f"{line.system} has {len(values)} values in {sheet.source}, which has {len(sheet.columns)} columns.",
                f"write one for each column, {NO_VALUE} where nothing is printed.",
            )
        for column, printed in zip(sheet.columns, values, strict=True):
            if printed != NO_VALUE:
                yield _number(sheet, column, line, systems[line.system], printed)


def _number(sheet: Sheet, column: Column, line: Line, system: System, printed: str) -> Number:
    split, definition = line.splits.get(column.split, column.split), column.definition
    caveats = [*sheet.caveats, *column.caveats, *line.caveats, *line.caveats_on.get(column.dataset, ())]
    if sheet.released_code:
        known = system.splits.get(split, split), system.definitions.get(column.metric, definition)
        caveats += [sheet.released_code] * (known != (split, definition)) + list(system.caveats)
        split, definition = known
    return Number(
        line.system,
        system.year,
        column.dataset,
        split,
        sheet.protocol,
        line.direction,
        column.metric,
        definition,
        printed,
        sheet.unit,
        line.code_size,
        line.binary,
        sheet.source,
        tuple(dict.fromkeys(caveats)),
    )
