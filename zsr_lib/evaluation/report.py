"""An evaluation as JSON or as a table, always with what the numbers mean and what chance would score."""

import math
from dataclasses import asdict
from typing import Any

from tabulate import tabulate

from zsr_lib.evaluation.bootstrap import Comparison, Interval, interval
from zsr_lib.evaluation.chance import chance_of, is_exact, oracle_of
from zsr_lib.evaluation.names import parse
from zsr_lib.evaluation.score import Evaluation


def as_dict(evaluation: Evaluation, clusters: str = "query", seed: int = 0) -> dict[str, Any]:
    """Everything about an evaluation in types that JSON knows; NaN becomes None.

    Args:
        evaluation: What was measured.
        clusters: `query` or `class`, what the bootstrap intervals resample.
        seed: Of the bootstrap.
    """
    names = list(evaluation.per_query)
    protocol = asdict(evaluation.protocol) | {
        "name": evaluation.protocol.name,
        "queries": len(evaluation.relevant),
        "queries_counted": int(evaluation.counted.sum()),
        "gallery": int(evaluation.gallery.max()),
        "interval": f"95 % percentile bootstrap over {'classes' if clusters == 'class' else 'queries'}",
    }
    return _plain(
        {
            "metrics": {name: evaluation.micro(name) for name in names},
            "interval": {name: interval_of(evaluation, name, clusters, seed) for name in names},
            "macro": {name: evaluation.macro(name) for name in names},
            "per_class": {name: evaluation.per_class(name) for name in names},
            "chance": {name: chance_of(evaluation, parse(name)) for name in names},
            "chance_is_exact": {name: is_exact(parse(name)) for name in names},
            "oracle": {name: oracle_of(evaluation, parse(name)) for name in names},
            "protocol": protocol,
        }
    )


def as_table(report: dict[str, Any]) -> str:
    """The table of `as_dict`'s result, headed by the protocol; below it ``seen_unseen``, where a record has that."""
    protocol = report["protocol"]
    rows = [
        [
            name,
            _number(report["metrics"][name]),
            " … ".join(_number(bound) for bound in report["interval"][name]),
            _number(report["macro"][name]),
            ("" if report["chance_is_exact"][name] else "≈ ") + _number(report["chance"][name]),
            _number(report["oracle"][name]),
        ]
        for name in report["metrics"]
    ]
    counted = protocol["queries_counted"]
    queries = f"{protocol['queries']} queries" + (f" ({counted} counted)" if counted < protocol["queries"] else "")
    head = f"{queries} against {protocol['gallery']} gallery items\n{protocol['name']}\n\n"
    columns = ["metric", "mean", "interval", "class mean", "chance", "best possible"]
    foot = f"\n\nmean: over queries; interval: {protocol['interval']}"
    if not all(report["chance_is_exact"].values()):
        foot += "; ≈ simulated, the others are exact"
    for metric, means in report.get("seen_unseen", {}).items():
        foot += f"\n{metric}: " + ", ".join(f"{kind} {_number(value)}" for kind, value in means.items())
    return head + tabulate(rows, columns, disable_numparse=True, stralign="right") + foot


def comparison_dict(comparisons: dict[str, Comparison], protocols: list[str]) -> dict[str, Any]:
    """Comparisons and the two systems' protocols in types that JSON knows; NaN becomes None."""
    fields = {metric: row._asdict() for metric, row in comparisons.items()}
    return _plain({"metrics": fields, "protocols": protocols})


def comparison_table(comparisons: dict[str, Comparison], names: tuple[str, str]) -> str:
    """One row a metric: both means, their difference with its interval, and the p-value."""
    rows = [
        [metric, _number(row.first), _number(row.second), _number(row.difference, "+"),
         " … ".join(_number(bound, "+") for bound in row.interval), _number(row.p_value)]
        for metric, row in comparisons.items()
    ]  # fmt: skip
    columns = ["metric", *names, "difference", "95 % interval", "p"]
    return tabulate(rows, columns, disable_numparse=True, stralign="right")


def interval_of(evaluation: Evaluation, metric: str, clusters: str = "query", seed: int = 0) -> Interval:
    """The bootstrap interval of a metric's mean over queries; see `bootstrap.interval`."""
    values = evaluation.values(metric)
    if not len(values):
        return Interval(math.nan, math.nan)
    return interval(values, evaluation.clusters(clusters), seed=seed)


def _number(value: float | None, sign: str = "") -> str:
    return "–" if value is None or math.isnan(value) else f"{value:{sign}.4f}"


def _plain(value: Any) -> Any:
    """Nested dictionaries and tuples with None for NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
