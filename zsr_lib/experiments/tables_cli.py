"""``zsr table`` and ``zsr show``: tables of run records, single runs."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from zsr_lib.errors import DataNotFoundError, UnknownNameError
from zsr_lib.evaluation.directions import ends
from zsr_lib.experiments.by_class import tables_by_class
from zsr_lib.experiments.earned import read_earned, standing, standing_of
from zsr_lib.experiments.failures import read_failures
from zsr_lib.experiments.layouts import LAYOUTS, laid_out
from zsr_lib.experiments.options import echo_json, json_option, run_named, runs_option, stored_records, with_folder
from zsr_lib.experiments.summary import blocks_of, current
from zsr_lib.experiments.table import as_plain, as_text, described, full_metric
from zsr_lib.reporting.published import datasets
from zsr_lib.reporting.run_record import RunRecord, keep_record

# The \b keeps click from wrapping what follows.
_TABLE_EXAMPLES = """\b
For example:
  zsr table
  zsr table sketchy
  zsr table sketchy-sae --by class --direction 'sketch->photo'
  zsr table eoc-frozen --metric AP@all/std --direction 'sketch->photo'"""
_SHOW_EXAMPLES = """\b
For example:
  zsr show runs/quick-frozen/generated-10-4-seed0-0123456789ab
  zsr show 0123456789ab"""


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
@click.option("--format", "layout", type=click.Choice(LAYOUTS), help="To take along: our own numbers only.")
@click.option("--by", type=click.Choice(["class"]), help="One line a class, one column a system.")
@json_option
def table(
    names: tuple[str, ...],
    runs: Path,
    metrics: tuple[str, ...],
    measures: tuple[str, ...],
    directions: tuple[str, ...],
    keep: Path | None,
    layout: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Tables from run records: of all, or of the experiments or data sets NAMES.

    Below a data set's tables stand the numbers that others have published on it; at the end, the cells that failed.
    """
    failures = read_failures(runs)
    picked, every = chosen(stored_records(runs), names, runs, [each.experiment for each in failures])
    told = {*names, *(record.experiment for record in picked)}
    failures = [each for each in failures if each.experiment in told or not names]
    kept, left_out = current(picked)
    for record in kept if keep else ():
        keep_record(record, keep)
    metrics, directions = tuple(map(full_metric, metrics)), tuple("→".join(ends(each)) for each in directions)
    if by:
        click.echo(tables_by_class(kept, metrics, directions, layout or ""))
        return
    blocks = blocks_of(kept, metrics, directions, every, measures)
    worth = standing_of(kept, read_earned(runs))
    if layout:
        click.echo(laid_out(blocks, layout))
    elif as_json:
        echo_json(as_plain(blocks, left_out, failures, worth))
    else:
        click.echo(as_text(blocks, left_out, failures, worth))


@click.command(epilog=_SHOW_EXAMPLES)
@click.argument("run")
@runs_option
@click.option("--by", type=click.Choice(["class"]), help="Its numbers class by class instead.")
@json_option
def show(run: str, runs: Path, by: str | None, as_json: bool) -> None:
    """Everything about RUN: its folder, or any part of the folder's name that no other run has."""
    record = run_named(run, runs)
    if as_json:
        echo_json(with_folder(record))
    elif by:
        metrics = dict.fromkeys(metric for report in record.results.values() for metric in report["metrics"])
        click.echo(tables_by_class([record], metrics))
    else:
        click.echo(described(record, _standing(record)))


def _standing(record: RunRecord) -> str:
    from zsr_lib.experiments.behind import code_behind  # loads the system
    from zsr_lib.models.registry import METHODS

    assert record.folder is not None
    method = record.setting["method"]
    behind = code_behind(method) if method in METHODS else ""
    return standing(record, read_earned(record.folder.resolve().parents[1]), behind)


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
