"""What the commands about runs share: options, records by name, JSON."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from zsr_lib.errors import BadInputError, DataNotFoundError, UnknownNameError
from zsr_lib.experiments.failures import read_failures
from zsr_lib.experiments.plugins import load_plugin
from zsr_lib.reporting.published import datasets
from zsr_lib.reporting.run_record import RunRecord, read_record, read_records

runs_option = click.option(
    "--runs", type=click.Path(file_okay=False, path_type=Path), default="runs", show_default=True, metavar="DIR",
    help="Folder of the run records.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
set_option = click.option(
    "--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Change one option; may be repeated."
)
data_option = click.option("--data", "root", metavar="DIR", help="Folder with real data; ZSR_DATA when left out.")
device_option = click.option("--device", default="cpu", show_default=True, help="cpu, or a torch device such as cuda.")
plugin_option = click.option(
    "--plugin", multiple=True, metavar="FILE", help="Import this Python file or module first; may be repeated.",
    expose_value=False, callback=lambda ctx, option, names: [load_plugin(name) for name in names],
)  # fmt: skip


def stored_records(runs: Path) -> list[RunRecord]:
    """The records below `runs`.

    Raises:
        DataNotFoundError: There are none, and no failures either.
        BadFileError: One is damaged or was edited.
    """
    records = read_records(runs)
    if not records and not read_failures(runs):
        raise DataNotFoundError(f"there are no run records in {runs}.", "make some with zsr run, or name --runs DIR.")
    return records


def run_named(part: str, runs: Path) -> RunRecord:
    """The record of a run: its folder, or any part of the folder's name that no other run has.

    Raises:
        UnknownNameError: No run has such a name.
        BadInputError: Several have.
        BadFileError: It cannot be read, or was edited.
    """
    if Path(part).is_dir():
        return read_record(Path(part))
    records = stored_records(runs)
    found = [record for record in records if record.folder is not None and part in record.folder.name]
    if not found:
        raise UnknownNameError("run", part, [record.folder.name for record in records if record.folder])
    if len(found) > 1:
        raise BadInputError(f"{len(found)} runs have '{part}' in their names.", "give the digits at a name's end.")
    return found[0]


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
