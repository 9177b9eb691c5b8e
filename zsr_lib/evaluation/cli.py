"""``zsr evaluate``, and ``zsr compare`` of two files: score anyone's codes by fully named metrics."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from zsr_lib.evaluation.bootstrap import compare as compare_values
from zsr_lib.evaluation.codes import DISTANCES
from zsr_lib.evaluation.codes_file import CodesFile, aligned, read_codes
from zsr_lib.evaluation.protocols import NO_RELEVANT, RELEVANCE, Protocol
from zsr_lib.evaluation.ranking import TIE_RULES
from zsr_lib.evaluation.report import as_dict, as_table, comparison_dict, comparison_table
from zsr_lib.evaluation.score import Evaluation
from zsr_lib.evaluation.score import evaluate as score

# The \b keeps click from wrapping what follows.
_EVALUATE_EXAMPLES = """\b
For example, after numpy.savez("codes.npz", query_codes=…, …) in Python:
  zsr evaluate codes.npz
  zsr evaluate codes.npz --metric AP@all/std --metric P@100/k"""

DEFAULT_METRICS = ("AP@all/std", "AP@200/std/min_r_k", "P@100/k")

_OPTIONS = (
    click.option("--metric", "metrics", multiple=True, metavar="NAME", default=DEFAULT_METRICS, show_default=True,
                 help="A full metric name such as AP@200/voc/min_r_k; may be repeated."),
    click.option("--distance", type=click.Choice(DISTANCES),
                 help="Default: hamming for uint8 and bool codes, euclidean for all others."),
    click.option("--ties", type=click.Choice(TIE_RULES), default="expected", show_default=True,
                 help="What stands first among items at equal distance; expected: the exact mean over all orders."),
    click.option("--no-relevant", type=click.Choice(list(NO_RELEVANT)), default="error", show_default=True,
                 help="What a query without a relevant gallery item scores."),
    click.option("--exclude-self", is_flag=True,
                 help="Take each query out of its own gallery, by query_ids and gallery_ids."),
    click.option("--relevance", type=click.Choice(list(RELEVANCE)), default="class", show_default=True,
                 help="class: same label (of 0/1 labels a shared one, as by tag); tag: a shared column of query_tags "
                      "and gallery_tags; pair: same query_pairs and gallery_pairs."),
    click.option("--clusters", type=click.Choice(["query", "class"]), default="query", show_default=True,
                 help="What confidence intervals resample: queries, or whole classes."),
    click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0),
                 help="Of the bootstrap and the permutation test."),
    click.option("--memory", default=512, show_default=True, type=click.IntRange(min=1), metavar="MIB",
                 help="Memory for distances; never changes a result."),
    click.option("--device", default="cpu", show_default=True, help="cpu, or a torch device such as cuda."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table."),
)  # fmt: skip


def scoring_options(command: Callable) -> Callable:
    """Adds the options that both commands share."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(epilog=_EVALUATE_EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@scoring_options
def evaluate(file: Path, clusters: str, seed: int, as_json: bool, **options: object) -> None:
    """Score the codes in FILE, an .npz with query_codes, query_labels, gallery_codes and gallery_labels.

    Labels are class numbers, class names, or 0/1 matrices with one column a label. Prints each metric with a confidence
    interval, what a random ranking would score, and the best that any ranking could.
    """
    report = as_dict(_score(read_codes(file), **options), clusters, seed)
    click.echo(json.dumps(report, indent=2, ensure_ascii=False) if as_json else as_table(report))


@click.command()
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@scoring_options
def compare(first: Path, second: Path, clusters: str, seed: int, as_json: bool, **options: object) -> None:
    """Compares two files of codes; `zsr_lib.experiments.compare_cli` is the command, which also takes runs.

    Both files are as for 'zsr evaluate'. Queries are matched by query_ids where both have them, else by position.
    """
    one = read_codes(first)
    scored = [_score(codes, **options) for codes in (one, aligned(one, read_codes(second)))]
    results = {
        metric: compare_values(*(each.values(metric) for each in scored), scored[0].clusters(clusters), seed=seed)
        for metric in scored[0].per_query
    }
    protocols = [each.protocol.name for each in scored]
    if as_json:
        click.echo(json.dumps(comparison_dict(results, protocols), indent=2, ensure_ascii=False))
        return
    queries, names = results[next(iter(results))].queries, "\nagainst ".join(dict.fromkeys(protocols))
    click.echo(f"{queries} queries; {names}\n")
    click.echo(comparison_table(results, (first.stem, second.stem)))


def _score(
    codes: CodesFile,
    metrics: tuple[str, ...],
    distance: str | None,
    exclude_self: bool,
    memory: int,
    device: str,
    **rules: str,
) -> Evaluation:
    """Evaluates a file under the protocol that the options describe."""
    bits = codes.queries.codes.dtype.kind == "b" or codes.queries.codes.dtype == "uint8"
    protocol = Protocol(
        gallery="without-query" if exclude_self else "all",
        distance=distance or ("hamming" if bits else "euclidean"),
        **rules,
    )
    return score(codes.queries, codes.gallery, metrics, protocol, memory * 2**20, device)
