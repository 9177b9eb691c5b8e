"""``zsr show``: one run in full."""

from pathlib import Path

import click

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.experiments.earned import read_earned, standing
from zsr_lib.experiments.options import echo_json, json_option, runs_option, stored_records, with_folder
from zsr_lib.experiments.table import described
from zsr_lib.reporting.run_record import RunRecord, read_record

_SHOW_EXAMPLES = """\b
For example:
  zsr show runs/quick-frozen/generated-10-4-seed0-0123456789ab
  zsr show 0123456789ab"""


@click.command(epilog=_SHOW_EXAMPLES)
@click.argument("run")
@runs_option
@json_option
def show(run: str, runs: Path, as_json: bool) -> None:
    """Everything about RUN: its folder, or any part of the folder's name that no other run has."""
    record = read_record(Path(run)) if Path(run).is_dir() else _only_run(run, runs)
    if as_json:
        echo_json(with_folder(record))
    else:
        click.echo(described(record, _standing(record)))


def _standing(record: RunRecord) -> str:
    from zsr_lib.experiments.behind import code_behind  # loads the system
    from zsr_lib.models.registry import METHODS

    assert record.folder is not None
    method = record.setting["method"]
    behind = code_behind(method) if method in METHODS else ""
    return standing(record, read_earned(record.folder.resolve().parents[1]), behind)


def _only_run(part: str, runs: Path) -> RunRecord:
    records = stored_records(runs)
    found = [record for record in records if record.folder is not None and part in record.folder.name]
    if not found:
        raise UnknownNameError("run", part, [record.folder.name for record in records if record.folder])
    if len(found) > 1:
        raise BadInputError(f"{len(found)} runs have '{part}' in their names.", "give the digits at a name's end.")
    return found[0]
