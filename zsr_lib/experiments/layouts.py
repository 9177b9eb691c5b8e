"""Tables of our own numbers only: to take along (Markdown, LaTeX, CSV), and with a line for each class."""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from statistics import mean

from tabulate import tabulate

from zsr_lib.experiments.averages import families
from zsr_lib.experiments.reading import point_text
from zsr_lib.experiments.summary import Block, shared_protocol
from zsr_lib.experiments.table import captions, footnotes, grid
from zsr_lib.reporting.run_record import RunRecord

LAYOUTS = ("markdown", "latex", "csv")
_CSV = ("dataset", "direction", "protocol", "group", "metric", "system", "distance", "rerank", "audit", "runs",
        "mean", "sd_seeds", "sd_splits", "seeds", "splits")  # fmt: skip
_FORMS = {"": "simple", "markdown": "github", "latex": "latex_booktabs"}
_FOOT = "a class's mean over its queries, over seeds, and over those of the splits in which it is unseen"


def laid_out(blocks: Iterable[Block], layout: str) -> str:
    """The tables in one of `LAYOUTS`; CSV has one line a number, with all digits, chance and oracle among them."""
    if layout == "csv":
        return _as_csv(_CSV, (line for block in blocks for line in _numbers(block)))
    return "\n\n".join(_table(block, layout) for block in blocks)


def _table(block: Block, layout: str) -> str:
    heads, lines = grid(block, " ")
    align = ["left", "left", *["right"] * (len(heads) - 2)]
    table = tabulate(lines, heads, _FORMS[layout], disable_numparse=True, colalign=align)
    around = [[f"% {line}" if layout == "latex" else line for line in part(block)] for part in (captions, footnotes)]
    return "\n\n".join("\n".join(part) for part in (around[0], [table], around[1]) if part)


def _numbers(block: Block) -> Iterator[tuple[object, ...]]:
    for group in block.groups:
        for metric in block.metrics:
            where = (block.dataset, block.direction, block.protocol, group, metric)
            for row in block.rows:
                value = row.values[group][metric]
                name = f"{row.experiment} ({row.label})" if row.label else row.experiment
                spread = ("", "", "", "", "") if value is None else tuple(vars(value).values())
                yield (*where, name, row.distance, row.rerank, row.audit, row.runs, *spread)
            for name, limits in (("chance", block.chance), ("best possible", block.oracle)):
                yield (*where, name, "", "", "", "", limits[group][metric], "", "", "", "")


def tables_by_class(
    records: Sequence[RunRecord], metrics: Collection[str] = (), directions: Collection[str] = (), layout: str = ""
) -> str:
    """Tables for each data set, direction, protocol and metric.

    Args:
        records: Of one configuration an experiment.
        metrics: Only these; each record's first when empty.
        directions: Only these; all when empty.
        layout: One of `LAYOUTS`; empty for a terminal.
    """
    found: dict[tuple[str, str, str], dict[str, dict[str, float]]] = defaultdict(dict)
    for family in families(records):
        for direction, report in family[0].results.items():
            for metric in metrics or [next(iter(report["metrics"]))]:
                if (not directions or direction in directions) and metric in report["per_class"]:
                    key = family[0].dataset, shared_protocol(family[0], direction), metric
                    found[key][_name(family[0])] = _means(family, direction, metric)
    if layout == "csv":
        return _csv(found)
    return "\n\n".join([*(_table_by_class(key, systems, _FORMS[layout]) for key, systems in found.items()), _FOOT])


def _means(records: Sequence[RunRecord], direction: str, metric: str) -> dict[str, float]:
    values = defaultdict(list)
    for record in records:
        for name, value in record.results[direction]["per_class"].get(metric, {}).items():
            if value is not None:
                values[name].append(value)
    return {name: mean(each) for name, each in values.items()}


def _name(record: RunRecord) -> str:
    label = ", ".join(filter(None, [point_text(record.point), *record.overrides]))
    return f"{record.experiment} ({label})" if label else record.experiment


def _table_by_class(key: tuple[str, str, str], systems: dict[str, dict[str, float]], form: str) -> str:
    dataset, protocol, metric = key
    classes = sorted({name for values in systems.values() for name in values})
    lines = [[name, *(f"{each[name]:.3f}" if name in each else "–" for each in systems.values())] for name in classes]
    align = ["left", *["right"] * len(systems)]
    table = tabulate(lines, ["class", *systems], form, disable_numparse=True, colalign=align)
    head = f"{dataset} · {protocol} · {metric}"
    return f"{'% ' if form == _FORMS['latex'] else ''}{head}\n\n{table}"


def _csv(found: dict[tuple[str, str, str], dict[str, dict[str, float]]]) -> str:
    lines = (
        (*key, system, name, value)
        for key, systems in found.items()
        for system, values in systems.items()
        for name, value in values.items()
    )
    return _as_csv(("dataset", "protocol", "metric", "system", "class", "mean"), lines)


def _as_csv(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([heads, *lines])
    return text.getvalue().rstrip("\n")
