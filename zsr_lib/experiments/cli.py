"""``zsr run`` and ``zsr rescore``: experiments from data to run records."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from tqdm import tqdm

from zsr_lib.errors import BadInputError
from zsr_lib.experiments.reading import PROFILES, find_experiment, read_plan
from zsr_lib.experiments.summary import blocks_of
from zsr_lib.experiments.table import as_text
from zsr_lib.experiments.tables_cli import echo_json, json_option, run_named, runs_option, with_folder
from zsr_lib.settings import data_root

if TYPE_CHECKING:
    from zsr_lib.experiments.run_cell import Where

# The \b keeps click from wrapping what follows.
_RUN_EXAMPLES = """\b
For example:
  zsr run quick-frozen
  zsr run eoc-frozen --data DIR --seeds 0,1,2
  zsr run quick-frozen --set config.features.rotations=4 --set data.size=32
  ZSR_THREADS=1 torchrun --nproc-per-node 2 -m zsr_lib run quick-zseoc"""
_RESCORE_EXAMPLES = """\b
For example:
  zsr rescore 0123456789ab --set retrieval.relevance=pair --set 'directions=[photo->sketch]'
  zsr rescore runs/quick-frozen/* --set retrieval.setting=generalised-gallery-all"""

_set_option = click.option(
    "--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Change one option; may be repeated."
)
_data_option = click.option("--data", "root", metavar="DIR", help="Folder with real data; ZSR_DATA when left out.")
_device_option = click.option("--device", default="cpu", show_default=True, help="cpu, or a torch device such as cuda.")


@click.command(epilog=_RUN_EXAMPLES)
@click.argument("experiment")
@_set_option
@click.option("--seeds", metavar="0,1,2", help="Instead of the file's.")
@click.option("--profile", type=click.Choice(PROFILES), default="quick", show_default=True, help="Size of the run.")
@_data_option
@_device_option
@click.option("--again", is_flag=True, help="Repeat what is finished.")
@runs_option
@json_option
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
    from zsr_lib.experiments.cells import cells_of
    from zsr_lib.experiments.materials import Materials
    from zsr_lib.experiments.runner import help_fitting, run_cells
    from zsr_lib.training.processes import together

    where = replace(_where(root, device, runs), again=again)
    cells = cells_of(read_plan(find_experiment(experiment), profile, assignments, _numbers(seeds)))
    with together() as processes:
        where = replace(where, device=processes.device(device))
        if not processes.first:
            help_fitting(Materials(), where)
            return 0
        outcomes = run_cells(cells, Materials(), where, _teller(to_stderr=as_json))
        processes.of_first(None)
    failed = [each for each in outcomes if each.state == "failed"]
    records = [each.record for each in outcomes if each.record is not None]
    if as_json:
        told = [{"cell": str(each.cell), "state": each.state, "error": each.error} for each in outcomes]
        echo_json({"cells": told, "records": [with_folder(record) for record in records]})
    else:
        click.echo("\n" + as_text(blocks_of(records), {}) if records else "")
        _echo_failures(failed)
    return 1 if failed else 0


@click.command(epilog=_RESCORE_EXAMPLES)
@click.argument("names", nargs=-1, required=True, metavar="RUN...")
@_set_option
@_data_option
@_device_option
@runs_option
@json_option
def rescore(
    names: tuple[str, ...], assignments: tuple[str, ...], root: str | None, device: str, runs: Path, as_json: bool
) -> None:
    """Score finished RUNs again, by metrics, directions or retrieval that may be others, without training.

    A run is named by its folder, or by any part of the folder's name that no other run has. Each leaves a folder with
    its record, which says where the system was trained; the same settings take the former record's place.
    """
    from zsr_lib.experiments.earlier import rescoring_of
    from zsr_lib.experiments.materials import Materials
    from zsr_lib.experiments.run_cell import rescore as score_again

    origins = [run_named(name, runs) for name in names]
    cells = [rescoring_of(origin, assignments) for origin in origins]
    where, materials, records = _where(root, device, runs), Materials(), []
    for origin, cell in zip(origins, cells, strict=True):
        assert origin.folder is not None
        records.append(score_again(origin, cell, materials, replace(where, runs=origin.folder.parents[1])))
    if as_json:
        echo_json({"records": [with_folder(record) for record in records]})
    else:
        click.echo(as_text(blocks_of(records), {}))


def _where(root: str | None, device: str, runs: Path) -> "Where":
    from zsr_lib.devices import device_of
    from zsr_lib.experiments.run_cell import Where
    from zsr_lib.reporting.record import Provenance

    if root:
        # Through the environment, because backbone weights are looked for beside the data.
        os.environ["ZSR_DATA"] = str(data_root(root))
    device_of(device)
    return Where(runs, Provenance.now({}, device), device)


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
