"""``zsr table`` and ``zsr show``: tables of run records, single runs."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from zsr_lib.errors import BadInputError, DataNotFoundError, UnknownNameError
from zsr_lib.evaluation.directions import ends
from zsr_lib.experiments.failures import read_failures
from zsr_lib.experiments.summary import blocks_of, current
from zsr_lib.experiments.table import as_plain, as_text, described, full_metric
from zsr_lib.reporting.published import datasets
from zsr_lib.reporting.run_record import RunRecord, keep_record, read_record, read_records

# The \b keeps click from wrapping what follows.
_TABLE_EXAMPLES = """\b
For example:
  zsr table
  zsr table sketchy
  zsr table eoc-frozen --metric AP@all/std --direction 'sketch->photo'"""
_SHOW_EXAMPLES = """\b
For example:
  zsr show runs/quick-frozen/generated-10-4-seed0-0123456789ab
  zsr show 0123456789ab"""

runs_option = click.option(
    "--runs", type=click.Path(file_okay=False, path_type=Path), default="runs", show_default=True, metavar="DIR",
    help="Folder of the run records.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command(epilog=_TABLE_EXAMPLES)
@click.argument("names", nargs=-1)
@runs_option
@click.option("--metric", "metrics", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@click.option(
    "--measure",
    "measures",
    multiple=True,
    metavar="NAME",
    help="A named number of the fits as another column: seconds, best validation, …; may be repeated.",
)
@click.option("--direction", "directions", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@click.option("--keep", type=click.Path(path_type=Path), metavar="DIR", help="Copy the records behind them there.")
@json_option
def table(
    names: tuple[str, ...],
    runs: Path,
    metrics: tuple[str, ...],
    measures: tuple[str, ...],
    directions: tuple[str, ...],
    keep: Path | None,
    as_json: bool,
) -> None:
    """Tables from run records: of all, or of the experiments or data sets NAMES.

    Below a data set's tables stand the numbers that others have published on it; at the end, the cells that failed.
    """
    failures = read_failures(runs)
    picked, every = chosen(_records(runs), names, runs, [each.experiment for each in failures])
    told = {*names, *(record.experiment for record in picked)}
    failures = [each for each in failures if each.experiment in told or not names]
    kept, left_out = current(picked)
    for record in kept if keep else ():
        keep_record(record, keep)
    blocks = blocks_of(
        kept, tuple(map(full_metric, metrics)), tuple("→".join(ends(each)) for each in directions), every, measures
    )
    if as_json:
        echo_json(as_plain(blocks, left_out, failures))
    else:
        click.echo(as_text(blocks, left_out, failures))


@click.command(epilog=_SHOW_EXAMPLES)
@click.argument("run")
@runs_option
@json_option
def show(run: str, runs: Path, as_json: bool) -> None:
    """Everything about RUN: its folder, or any part of the folder's name that no other run has."""
    record = run_named(run, runs)
    if as_json:
        echo_json(with_folder(record))
    else:
        click.echo(described(record))


def run_named(part: str, runs: Path) -> RunRecord:
    """The record of a run: its folder, or any part of the folder's name that no other run has.

    Raises:
        UnknownNameError: No run has such a name.
        BadInputError: Several have.
        BadFileError: It cannot be read.
    """
    if Path(part).is_dir():
        return read_record(Path(part))
    records = _records(runs)
    found = [record for record in records if record.folder is not None and part in record.folder.name]
    if not found:
        raise UnknownNameError("run", part, [record.folder.name for record in records if record.folder])
    if len(found) > 1:
        raise BadInputError(f"{len(found)} runs have '{part}' in their names.", "give the digits at a name's end.")
    return found[0]


def _records(runs: Path) -> list[RunRecord]:
    records = read_records(runs)
    if not records and not read_failures(runs):
        raise DataNotFoundError(f"there are no run records in {runs}.", "make some with zsr run, or name --runs DIR.")
    return records


def with_folder(record: RunRecord) -> dict[str, Any]:
    """The record ready for JSON, with where it lies."""
    return {"folder": str(record.folder)} | record.as_dict()


def echo_json(value: Any) -> None:
    """Prints plain values as JSON."""
    click.echo(json.dumps(value, indent=1, ensure_ascii=False))


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
