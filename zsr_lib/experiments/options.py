"""What the commands about runs share: where records are, and whether JSON is printed."""

import json
from pathlib import Path
from typing import Any

import click

from zsr_lib.errors import DataNotFoundError
from zsr_lib.experiments.failures import read_failures
from zsr_lib.reporting.run_record import RunRecord, read_records

runs_option = click.option(
    "--runs", type=click.Path(file_okay=False, path_type=Path), default="runs", show_default=True, metavar="DIR",
    help="Folder of the run records.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


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


def with_folder(record: RunRecord) -> dict[str, Any]:
    """A record as plain values, with where it was read from."""
    return {"folder": str(record.folder)} | record.as_dict()


def echo_json(value: Any) -> None:
    """Prints plain values as JSON."""
    click.echo(json.dumps(value, indent=1, ensure_ascii=False))
