"""``zsr compare``: two systems on the same queries, from their runs or from files of codes."""

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
from click.core import ParameterSource

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.bootstrap import Comparison
from zsr_lib.evaluation.bootstrap import compare as compare_values
from zsr_lib.evaluation.cli import compare as compare_files
from zsr_lib.evaluation.cli import scoring_options
from zsr_lib.evaluation.directions import ends
from zsr_lib.evaluation.names import parse
from zsr_lib.evaluation.report import comparison_dict, comparison_table
from zsr_lib.experiments.options import run_named, runs_option
from zsr_lib.reporting.run_record import RunRecord

_EXAMPLES = """\b
For example:
  zsr compare 0123456789ab ba9876543210
  zsr compare runs/eoc-frozen/eoc-sample-5-seed0-0123456789ab runs/eoc-zseoc-300/eoc-sample-5-seed0-ba9876543210
  zsr compare ours.npz theirs.npz --metric AP@all/std --clusters class"""


@click.command(epilog=_EXAMPLES)
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@runs_option
@click.option("--direction", default="sketch→photo", show_default=True, metavar="NAME", help="Of two runs.")
@scoring_options
@click.pass_context
def compare(ctx: click.Context, first: Path, second: Path, runs: Path, direction: str, **options: Any) -> None:
    """Compare two systems on the same queries: FIRST minus SECOND, with a paired interval and permutation test.

    FIRST and SECOND are two runs, named by their folders or by any part of a folder's name that no other run has: their
    queries' values are compared as they were scored (of the options, --metric, --clusters, --seed and --json count). Or
    they are files as for 'zsr evaluate'. Queries are matched by their ids.
    """
    if any(each.is_file() or (each.suffix and not each.exists()) for each in (first, second)):
        ctx.invoke(compare_files, first=first, second=second, **options)
        return
    direction = "→".join(ends(direction))
    asked = ctx.get_parameter_source("metrics") is not ParameterSource.DEFAULT
    records = (run_named(str(first), runs), run_named(str(second), runs))
    metrics = tuple(str(parse(each)) for each in options["metrics"]) if asked else ()
    found = compared(records, direction, metrics, options["clusters"], options["seed"])
    protocols = [record.results[direction]["protocol"]["name"] for record in records]
    if options["as_json"]:
        click.echo(json.dumps(comparison_dict(found, protocols), indent=2, ensure_ascii=False))
        return
    queries = next(iter(found.values())).queries
    click.echo(f"{queries} queries; " + "\nagainst ".join(dict.fromkeys(protocols)) + "\n")
    names = [f"{each.experiment}/{each.split}-seed{each.seed}" for each in records]
    if names[0] == names[1]:
        names = [f"{name} ({each.variant})" for name, each in zip(names, records, strict=True)]
    click.echo(comparison_table(found, (names[0], names[1])))


def compared(
    records: tuple[RunRecord, RunRecord], direction: str, metrics: tuple[str, ...], clusters: str, seed: int
) -> dict[str, Comparison]:
    """Metric → the first run against the second, query by query.

    Args:
        records: Two runs whose queries' values are there.
        direction: What is retrieved by what.
        metrics: Full names; all that both have when empty.
        clusters: What intervals resample: ``query`` or ``class``.
        seed: Of the bootstrap and the permutation test.

    Raises:
        BadInputError: The runs asked other queries, or have no such metric in common.
        BadFileError: A run was kept without its queries' values, or they are not what it wrote.
    """
    one, other = (record.per_query(direction) for record in records)
    if sorted(one["ids"].tolist()) != sorted(other["ids"].tolist()):
        raise BadInputError("the two runs asked other queries.", "compare runs on the same data and split.")
    common = [name for name in one if name in other and name not in ("ids", "labels")]
    missing = [name for name in metrics if name not in common]
    if missing or not common:
        raise BadInputError(
            f"the two runs have no {', '.join(missing) or 'metric'} in common.",
            f"they have {', '.join(common) or 'none'}.",
        )
    mine, theirs = np.argsort(one["ids"]), np.argsort(other["ids"])
    return {
        name: _paired(one[name][mine], other[name][theirs], one["labels"][mine], clusters, seed)
        for name in metrics or common
    }


def _paired(first: np.ndarray, second: np.ndarray, labels: np.ndarray, clusters: str, seed: int) -> Comparison:
    counted = np.isfinite(first) & np.isfinite(second)  # a query with nothing to find has no value
    groups = labels[counted] if clusters == "class" else None
    return compare_values(first[counted], second[counted], groups, seed=seed)
