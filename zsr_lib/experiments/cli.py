"""``zsr run``, ``zsr table`` and ``zsr show``: experiments, their tables, single runs."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from zsr_lib.errors import BadInputError, DataNotFoundError, UnknownNameError
from zsr_lib.experiments.chosen import chosen
from zsr_lib.experiments.config import direction_named
from zsr_lib.experiments.failures import read_failures
from zsr_lib.experiments.reading import PROFILES, find_experiment, read_plan
from zsr_lib.experiments.summary import blocks_of, current
from zsr_lib.experiments.table import as_plain, as_text, described, full_metric
from zsr_lib.reporting.run_record import RunRecord, keep_record, read_record, read_records
from zsr_lib.settings import data_root

# The \b keeps click from wrapping what follows.
_RUN_EXAMPLES = """\b
For example:
  zsr run quick-frozen
  zsr run eoc-frozen --data DIR --seeds 0,1,2
  zsr run quick-frozen --set config.features.rotations=4 --set data.size=32
  ZSR_THREADS=1 torchrun --nproc-per-node 2 -m zsr_lib run quick-zseoc"""
_TABLE_EXAMPLES = """\b
For example:
  zsr table
  zsr table sketchy
  zsr table eoc-frozen --metric AP@all/std --direction 'sketch->photo'"""
_SHOW_EXAMPLES = """\b
For example:
  zsr show runs/quick-frozen/generated-10-4-seed0-0123456789ab
  zsr show 0123456789ab"""

_runs_option = click.option(
    "--runs", type=click.Path(file_okay=False, path_type=Path), default="runs", show_default=True, metavar="DIR",
    help="Folder of the run records.",
)  # fmt: skip
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command(epilog=_RUN_EXAMPLES)
@click.argument("experiment")
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Change one option; may be repeated.")
@click.option("--seeds", metavar="0,1,2", help="Instead of the file's.")
@click.option("--profile", type=click.Choice(PROFILES), default="quick", show_default=True, help="Size of the run.")
@click.option("--data", "root", metavar="DIR", help="Folder with real data; ZSR_DATA when left out.")
@click.option("--device", default="cpu", show_default=True, help="cpu, or a torch device such as cuda.")
@click.option("--again", is_flag=True, help="Repeat what is finished.")
@_runs_option
@_json_option
def run(
    experiment: str,
    assignments: tuple[str, ...],
    seeds: str | None,
    profile: str,
    root: str | None,
    device: str,
    again: bool,
    runs: Path,
    as_json: bool,
) -> int:
    """Run EXPERIMENT, a file or the name of one in experiments/: each setting, split and seed.

    Every run leaves a folder with its record. Finished runs are kept, killed ones go on where they were, and one that
    fails does not stop the others; then the exit status is 1.
    """
    from zsr_lib.devices import device_of
    from zsr_lib.experiments.cells import cells_of
    from zsr_lib.experiments.materials import Materials
    from zsr_lib.experiments.run_cell import Where, help_fitting
    from zsr_lib.experiments.runner import run_cells
    from zsr_lib.reporting.record import Provenance
    from zsr_lib.training.processes import together

    if root:
        # Through the environment, because backbone weights are looked for beside the data.
        os.environ["ZSR_DATA"] = str(data_root(root))
    device_of(device)
    cells = cells_of(read_plan(find_experiment(experiment), profile, assignments, _numbers(seeds)))
    with together() as processes:
        where = Where(runs, Provenance.now({}, device), processes.device(device), again)
        if not processes.first:
            help_fitting(Materials(), where)
            return 0
        outcomes = run_cells(cells, Materials(), where, _teller(to_stderr=as_json))
        processes.of_first(None)
    failed = [each for each in outcomes if each.state == "failed"]
    records = [each.record for each in outcomes if each.record is not None]
    if as_json:
        told = [{"cell": str(each.cell), "state": each.state, "error": each.error} for each in outcomes]
        _echo_json({"cells": told, "records": [_with_folder(record) for record in records]})
    else:
        click.echo("\n" + as_text(blocks_of(records), {}) if records else "")
        _echo_failures(failed)
    return 1 if failed else 0


def _teller(to_stderr: bool) -> Callable[[Any], None]:
    def tell(outcome: Any) -> None:
        line = f"{outcome.state:<6}  {outcome.cell}"
        if outcome.record is not None:
            direction, report = next(iter(outcome.record.results.items()))
            metric, value = next(iter(report["metrics"].items()))
            line += f"  {metric} {value:.3f} ({direction})" if value is not None else ""
        if outcome.other_code:
            line += "  made by other code; --again repeats it"
        tqdm.write(line, file=sys.stderr if to_stderr else sys.stdout)

    return tell


def _echo_failures(failed: list[Any]) -> None:
    """Each error once, with all the cells that it stopped."""
    by_error: dict[str, list[str]] = {}
    for outcome in failed:
        by_error.setdefault(outcome.error, []).append(str(outcome.cell))
    for error, cells in by_error.items():
        click.echo("failed: " + "\n        ".join(cells) + f"\n  {error}", err=True)


@click.command(epilog=_TABLE_EXAMPLES)
@click.argument("names", nargs=-1)
@_runs_option
@click.option("--metric", "metrics", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@click.option("--direction", "directions", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@click.option("--keep", type=click.Path(path_type=Path), metavar="DIR", help="Copy the records behind them there.")
@_json_option
def table(
    names: tuple[str, ...],
    runs: Path,
    metrics: tuple[str, ...],
    directions: tuple[str, ...],
    keep: Path | None,
    as_json: bool,
) -> None:
    """Tables from run records: of all, or of the experiments or data sets NAMES.

    Below a data set's tables stand the numbers that others have published on it; at the end, the cells that failed.
    """
    failures = read_failures(runs)
    picked, datasets = chosen(_records(runs), names, runs, [each.experiment for each in failures])
    told = {*names, *(record.experiment for record in picked)}
    failures = [each for each in failures if each.experiment in told or not names]
    kept, left_out = current(picked)
    for record in kept if keep else ():
        keep_record(record, keep)
    blocks = blocks_of(kept, tuple(map(full_metric, metrics)), tuple(map(direction_named, directions)), datasets)
    if as_json:
        _echo_json(as_plain(blocks, left_out, failures))
    else:
        click.echo(as_text(blocks, left_out, failures))


@click.command(epilog=_SHOW_EXAMPLES)
@click.argument("run")
@_runs_option
@_json_option
def show(run: str, runs: Path, as_json: bool) -> None:
    """Everything about RUN: its folder, or any part of the folder's name that no other run has."""
    record = read_record(Path(run)) if Path(run).is_dir() else _only_run(run, runs)
    if as_json:
        _echo_json(_with_folder(record))
    else:
        click.echo(described(record))


def _only_run(part: str, runs: Path) -> RunRecord:
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


def _with_folder(record: RunRecord) -> dict[str, Any]:
    return {"folder": str(record.folder)} | record.as_dict()


def _numbers(text: str | None) -> list[int] | None:
    """``0,1,2`` as numbers.

    Raises:
        BadInputError: It is something else.
    """
    if text is None:
        return None
    parts = text.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise BadInputError(f"--seeds is '{text}'.", "write whole numbers with commas between them, such as 0,1,2.")
    return [int(part) for part in parts]


def _echo_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=1, ensure_ascii=False))
