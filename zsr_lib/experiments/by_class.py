"""Tables by class: a line for each class, a column for each system, from the same records as all tables."""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Sequence
from statistics import mean

from tabulate import tabulate

from zsr_lib.experiments.averages import families
from zsr_lib.experiments.reading import point_text
from zsr_lib.experiments.summary import shared_protocol
from zsr_lib.reporting.run_record import RunRecord

_FORMS = {"": "simple", "markdown": "github", "latex": "latex_booktabs"}
_FOOT = "a class's mean over its queries, over seeds, and over those of the splits in which it is unseen"


def tables_by_class(
    records: Sequence[RunRecord], metrics: Collection[str] = (), directions: Collection[str] = (), layout: str = ""
) -> str:
    """Tables for each data set, direction, protocol and metric.

    Args:
        records: Of one configuration an experiment.
        metrics: Only these; each record's first when empty.
        directions: Only these; all when empty.
        layout: One of `zsr_lib.experiments.layouts.LAYOUTS`; empty for a terminal.
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
    return "\n\n".join([*(_table(key, systems, _FORMS[layout]) for key, systems in found.items()), _FOOT])


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


def _table(key: tuple[str, str, str], systems: dict[str, dict[str, float]], form: str) -> str:
    dataset, protocol, metric = key
    classes = sorted({name for values in systems.values() for name in values})
    lines = [[name, *(f"{each[name]:.3f}" if name in each else "–" for each in systems.values())] for name in classes]
    align = ["left", *["right"] * len(systems)]
    table = tabulate(lines, ["class", *systems], form, disable_numparse=True, colalign=align)
    head = f"{dataset} · {protocol} · {metric}"
    return f"{'% ' if form == _FORMS['latex'] else ''}{head}\n\n{table}"


def _csv(found: dict[tuple[str, str, str], dict[str, dict[str, float]]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("dataset", "protocol", "metric", "system", "class", "mean"))
    for key, systems in found.items():
        for system, values in systems.items():
            writer.writerows((*key, system, name, value) for name, value in values.items())
    return text.getvalue().rstrip("\n")
