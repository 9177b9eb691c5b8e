"""``zsr table`` and ``zsr show``: tables of run records, single runs."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from zsr_lib.evaluation.directions import ends
from zsr_lib.evaluation.leaks import UNLABELLED
from zsr_lib.evaluation.names import parse
from zsr_lib.evaluation.report import as_table
from zsr_lib.experiments.earned import read_earned, standing, standing_of
from zsr_lib.experiments.failures import read_failures
from zsr_lib.experiments.layouts import LAYOUTS, laid_out, tables_by_class
from zsr_lib.experiments.options import (
    chosen,
    echo_json,
    json_option,
    run_named,
    runs_option,
    stored_records,
    with_folder,
)
from zsr_lib.experiments.reading import point_text
from zsr_lib.experiments.summary import blocks_of, current
from zsr_lib.experiments.table import as_plain, as_text
from zsr_lib.reporting.per_query import PER_QUERY, keep_per_query
from zsr_lib.reporting.run_record import CODES, RunRecord, write_record
from zsr_lib.reporting.seals import digest, scoring_of, training_of

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
    metrics, directions = (
        tuple(str(parse(each)) for each in metrics),
        tuple("→".join(ends(each)) for each in directions),
    )
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


def keep_record(record: RunRecord, root: Path) -> Path:
    """Copies a record below `root` without what is large (history, model), to be committed; queries' values compactly.

    Returns:
        The new folder, as `read_records` finds it.

    Raises:
        BadFileError: The values of its queries are not what the run wrote.
        ZsrError: The disk is full, or the folder cannot be written.
    """
    assert record.folder is not None
    folder, files = root / record.experiment / record.folder.name, {}
    if PER_QUERY in record.files:  # records that were kept before had to leave it behind
        values = {direction: record.per_query(direction) for direction in record.results}
        files = {PER_QUERY: keep_per_query(values, folder)}
    if CODES in record.files:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(record.folder / CODES, folder / CODES)
        files[CODES] = record.files[CODES]
    write_record(replace(record, history={}, files=files), folder)
    return folder


def described(record: RunRecord, standing: str = "") -> str:
    """One run in full, for people; `standing` as `zsr_lib.experiments.earned.standing` words it."""
    label = " ".join(filter(None, [point_text(record.point), *record.overrides]))
    provenance, seconds = record.provenance, record.seconds
    training = training_of(record.setting, record.split, record.seed)
    lines = [
        f"{record.title}",
        f"  experiment  {record.experiment} {record.profile} {label}".rstrip(),
        f"  split       {record.split}, seed {record.seed}",
        f"  task        {record.task['protocol']}",
        f"  method      {record.setting['method']}, {record.method['distance']} distance",
        f"  audit       {record.audit['label']}{', strict' * bool(record.audit.get('strict'))}"
        + "".join(f"; {leak}" for leak in record.audit["leaks"]),
        *(f"  declared    {each['name']}: {_classes(each['classes'])}" for each in record.audit["parts"]),
        # Records of before it was observed are there, too.
        *(
            f"  observed    {each['name']}: {_classes(each['classes'])}, {each['items']} items"
            for each in record.audit.get("observed", ())
        ),
        *(f"  opened      {name}" for name in record.audit.get("opened", ())),
        f"  identity    training {digest(training)}, scoring {digest(scoring_of(record.setting))}",
        f"  time        {seconds['fit']:.1f} s fit, {seconds['evaluate']:.1f} s evaluate, {record.finished} UTC",
        f"  ran on      {provenance.device}, {provenance.threads} threads",
        f"  code        {provenance.code['commit']}, sources {provenance.code['library'][:12]}"
        + "".join(f", {told} {sha[:12]}" for told, sha in provenance.code.items() if told.startswith("plugin ")),
        *(f"  {name}  {value:.6g}" for name, value in (record.measures or {}).items()),
        *_trained(record),
        *(f"  data        {name} {checksum[:12]}" for name, checksum in provenance.data.items()),
        f"  folder      {record.folder}",
        *([f"  today       {standing}"] if standing else []),
    ]
    return "\n".join(lines) + "".join(f"\n\n{as_table(report)}" for report in record.results.values())


def _trained(record: RunRecord) -> list[str]:
    """Where the system is from, if the run only scored it."""
    if record.trained is None:
        return []
    code = record.trained["code"]
    return [f"  trained in  {record.trained['run']} by code {code['commit']}, sources {code['library'][:12]}"]


def _classes(names: Sequence[str] | None) -> str:
    if names is None:
        return "nobody knows which classes"
    return "items without labels" if tuple(names) == UNLABELLED else f"{len(names)} class{'es' * (len(names) != 1)}"
