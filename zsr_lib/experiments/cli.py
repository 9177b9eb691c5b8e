"""``zsr run`` and ``zsr table``: experiments and their tables."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.experiments.chosen import chosen
from zsr_lib.experiments.config import direction_named
from zsr_lib.experiments.earned import read_earned, standing_of
from zsr_lib.experiments.failures import read_failures
from zsr_lib.experiments.layouts import LAYOUTS, laid_out
from zsr_lib.experiments.options import echo_json, json_option, runs_option, stored_records, with_folder
from zsr_lib.experiments.plugins import load_plugin
from zsr_lib.experiments.reading import PROFILES, find_experiment, read_plan
from zsr_lib.experiments.summary import blocks_of, current
from zsr_lib.experiments.table import as_plain, as_text, full_metric
from zsr_lib.reporting.run_record import keep_record
from zsr_lib.settings import data_root

# The \b keeps click from wrapping what follows.
_RUN_EXAMPLES = """\b
For example:
  zsr run quick-frozen
  zsr run eoc-frozen --data DIR --seeds 0,1,2
  zsr run quick-frozen --set config.features.rotations=4 --set data.size=32"""
_TABLE_EXAMPLES = """\b
For example:
  zsr table
  zsr table sketchy
  zsr table eoc-frozen --metric AP@all/std --direction 'sketch->photo'"""


@click.command(epilog=_RUN_EXAMPLES)
@click.argument("experiment")
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Change one option; may be repeated.")
@click.option("--seeds", metavar="0,1,2", help="Instead of the file's.")
@click.option("--splits", metavar="NAME,NAME", help="Only these of the file's.")
@click.option("--profile", type=click.Choice(PROFILES), default="quick", show_default=True, help="Size of the run.")
@click.option("--data", "root", metavar="DIR", help="Folder with real data; ZSR_DATA when left out.")
@click.option("--device", default="cpu", show_default=True, help="cpu, or a torch device such as cuda.")
@click.option("--plugin", "plugins", multiple=True, metavar="FILE", help="Import this Python file or module first.")
@click.option("--strict", is_flag=True, help="Fit twice, once with noise in place of unseen classes; must be the same.")
@click.option("--again", is_flag=True, help="Repeat what is finished.")
@runs_option
@json_option
def run(
    experiment: str,
    assignments: tuple[str, ...],
    seeds: str | None,
    splits: str | None,
    profile: str,
    root: str | None,
    device: str,
    plugins: tuple[str, ...],
    strict: bool,
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
    from zsr_lib.experiments.run_cell import Where
    from zsr_lib.experiments.runner import run_cells
    from zsr_lib.reporting.record import Provenance

    if root:
        # Through the environment, because backbone weights are looked for beside the data.
        os.environ["ZSR_DATA"] = str(data_root(root))
    device_of(device)
    for plugin in plugins:
        load_plugin(plugin)
    cells = cells_of(read_plan(find_experiment(experiment), profile, assignments, _numbers(seeds)))
    cells = _on_splits(cells, splits)
    where = Where(runs, Provenance.now({}, device), device, again, strict=strict)
    outcomes = run_cells(cells, Materials(), where, _teller(to_stderr=as_json))
    failed = [each for each in outcomes if each.state == "failed"]
    records = [each.record for each in outcomes if each.record is not None]
    if as_json:
        told = [{"cell": str(each.cell), "state": each.state, "error": each.error} for each in outcomes]
        echo_json({"cells": told, "records": [with_folder(record) for record in records]})
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
@runs_option
@click.option("--metric", "metrics", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@click.option("--direction", "directions", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@click.option("--keep", type=click.Path(path_type=Path), metavar="DIR", help="Copy the records behind them there.")
@click.option("--format", "layout", type=click.Choice(LAYOUTS), help="To take along: our own numbers only.")
@json_option
def table(
    names: tuple[str, ...],
    runs: Path,
    metrics: tuple[str, ...],
    directions: tuple[str, ...],
    keep: Path | None,
    layout: str | None,
    as_json: bool,
) -> None:
    """Tables from run records: of all, or of the experiments or data sets NAMES.

    Below a data set's tables stand the numbers that others have published on it; at the end, the cells that failed.
    """
    failures = read_failures(runs)
    picked, datasets = chosen(stored_records(runs), names, runs, [each.experiment for each in failures])
    told = {*names, *(record.experiment for record in picked)}
    failures = [each for each in failures if each.experiment in told or not names]
    kept, left_out = current(picked)
    for record in kept if keep else ():
        keep_record(record, keep)
    blocks = blocks_of(kept, tuple(map(full_metric, metrics)), tuple(map(direction_named, directions)), datasets)
    if layout:
        click.echo(laid_out(blocks, layout))
        return
    worth = standing_of(kept, read_earned(runs))
    if as_json:
        echo_json(as_plain(blocks, left_out, failures, worth))
    else:
        click.echo(as_text(blocks, left_out, failures, worth))


def _on_splits(cells: list[Any], text: str | None) -> list[Any]:
    """The cells on the splits that `text` names; groups stay as they are, and a table shows what they lack.

    Raises:
        UnknownNameError: The experiment has no such split; names the nearest.
    """
    known, wanted = {cell.split for cell in cells}, [] if text is None else text.split(",")
    for name in wanted:
        if name not in known:
            raise UnknownNameError("split of this experiment", name, known)
    return [cell for cell in cells if text is None or cell.split in wanted]


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
