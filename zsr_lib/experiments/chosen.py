"""Which runs ``zsr table NAMES`` is about."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from zsr_lib.errors import DataNotFoundError, UnknownNameError
from zsr_lib.reporting.published import datasets
from zsr_lib.reporting.run_record import RunRecord


def chosen(
    records: Sequence[RunRecord], names: Sequence[str], runs: Path, failed: Iterable[str] = ()
) -> tuple[list[RunRecord], list[str]]:
    """The records of some experiments and data sets, in the order of the names, each once.

    Args:
        records: All there are.
        names: Of experiments or data sets; all records when empty. An experiment goes before a data set of its name.
        runs: Where the records are from, for messages.
        failed: Experiments that may be named although they have no records, because their cells failed.

    Returns:
        The records, and which of the names are data sets.

    Raises:
        UnknownNameError: No run has such a name; names the nearest.
        DataNotFoundError: A data set that others report on, but nobody has run anything on here.
    """
    experiments = dict.fromkeys([*(record.experiment for record in records), *failed])
    tested = dict.fromkeys(record.dataset for record in records)
    found: dict[int, RunRecord] = {}
    for name in names or experiments:
        if name not in experiments and name not in tested:
            raise _unknown(name, [*experiments, *tested], runs)
        for place, record in enumerate(records):
            if name == (record.experiment if name in experiments else record.dataset):
                found[place] = record
    return list(found.values()), [name for name in names if name not in experiments]


def _unknown(name: str, known: Sequence[str], runs: Path) -> Exception:
    if name in datasets():
        return DataNotFoundError(
            f"there are no runs on {name} in {runs}.",
            f"make some with zsr run; zsr published {name} prints what others report.",
        )
    return UnknownNameError(f"experiment or data set with runs in {runs}", name, {*known, *datasets()})
