"""Whether a record agrees with itself: what a hand has changed here and not there is no result.

Who also changes the rest, and seals it anew, is found by `zsr verify`, which makes the run again.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import mean
from typing import Any

import numpy as np

from zsr_lib.errors import BadFileError
from zsr_lib.evaluation.leaks import LABELS, TrainedPart, audit
from zsr_lib.reporting.per_query import PER_QUERY, WHO
from zsr_lib.reporting.run_record import RunRecord

EXACT = 1e-9
SINGLE = 1e-6
"""Kept values of queries are in single precision."""


def check_sound(record: RunRecord) -> None:
    """Makes sure that metrics follow from classes, queries and what can be reached, and the label from the audit.

    Raises:
        BadFileError: They do not, or the queries' values are missing or damaged; names the first number.
    """
    if fault := _of_setting(record) or _of_audit(record):
        raise BadFileError(
            f"{record.folder} contradicts itself: {fault}.", "restore it from version control, or make the run again."
        )
    for direction, report in record.results.items():
        kept = record.per_query(direction) if PER_QUERY in record.files else None
        faults = [*_of_report(record, report), *([] if kept is None else _of_queries(report, kept))]
        if faults:
            raise BadFileError(
                f"{record.folder} contradicts itself in {direction}: {faults[0]}.",
                "restore it from version control, or make the run again with zsr run --again.",
            )


def _of_setting(record: RunRecord) -> str:
    """What was measured and was not asked for, or the other way round; '' for nothing."""
    if (found := set(record.results)) != (wanted := set(record.setting["directions"])):
        return f"{min(found ^ wanted)} is asked for or measured, but not both"
    for direction, report in record.results.items():
        if (found := set(report["metrics"])) != (wanted := set(record.setting["metrics"])):
            return f"{min(found ^ wanted)} of {direction} is asked for or measured, but not both"
    return ""


def _of_audit(record: RunRecord) -> str:
    """Why the label cannot be what the audit of these parts says; '' where it can."""
    told = record.audit
    parts = [TrainedPart(each["name"], _tuple(each["classes"])) for each in told["parts"]]
    # Where items are divided, all classes are seen.
    unseen = set(record.task["classes"]["unseen"]) - set(record.task["classes"].get("seen", ()))
    verdict = audit(parts, sorted(unseen), legacy=True)
    if LABELS.index(told["label"]) < LABELS.index(verdict.label):
        return f"it is called {told['label']}, but {verdict}"
    return f"it is called clean, but {told['leaks'][0]}" if told["label"] == "clean" and told["leaks"] else ""


def _tuple(names: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def _of_report(record: RunRecord, report: Mapping[str, Any]) -> Iterator[str]:
    for metric, value in report["metrics"].items():
        classes = report["per_class"].get(metric, {})
        told = [each for each in classes.values() if each is not None]
        if value is None and not told:  # no query has anything to find
            continue
        best, macro = (report[part].get(metric) for part in ("oracle", "macro"))
        if not all(isinstance(each, float | int) for each in (value, macro, *told)) or not told:
            yield f"{metric}, its classes and their mean are not all numbers"
        elif not 0 <= value <= (1.0 if best is None else best) + EXACT:
            yield f"{metric} is {value}, of {best} that can be reached"
        elif not min(told) - EXACT <= value <= max(told) + EXACT:
            yield f"{metric} is {value}, of classes from {min(told)} to {max(told)}"
        elif not math.isclose(mean(told), macro, abs_tol=EXACT):
            yield f"the class mean of {metric} is {macro}, that of its classes {mean(told)}"
        elif _by_class(report) and (others := classes.keys() - set(record.task["classes"]["unseen"])):
            yield f"{min(others)} is no unseen class"


def _by_class(report: Mapping[str, Any]) -> bool:
    """Whether all queries have one of the unseen classes as their label."""
    protocol = report["protocol"]
    return protocol.get("setting") == "zero-shot" and protocol.get("relevance") == "class"


def _of_queries(report: Mapping[str, Any], kept: Mapping[str, np.ndarray]) -> Iterator[str]:
    for metric, value in report["metrics"].items():
        values = kept.get(metric)
        if values is None or value is None:
            yield f"{metric} is {value}, and its queries' values are {'missing' if values is None else 'there'}"
            continue
        counted = _counted(values, report)
        if counted.sum() != report["protocol"]["queries_counted"]:
            yield f"{counted.sum()} queries of {report['protocol']['queries_counted']} have a value of {metric}"
        elif not math.isclose(float(np.mean(values[counted], dtype=np.float64)), value, abs_tol=SINGLE):
            yield f"{metric} is {value}, the mean of its queries {float(values[counted].mean()):.6f}"
        elif kept[WHO[1]].ndim == 1:
            labels = kept[WHO[1]][counted].astype(str)
            for name, told in report["per_class"][metric].items():
                own = values[counted][labels == name]
                if told is not None and (not len(own) or abs(float(np.mean(own, dtype=np.float64)) - told) > SINGLE):
                    yield f"{metric} of {name} is {told}, that of its queries another"


def _counted(values: np.ndarray, report: Mapping[str, Any]) -> np.ndarray:
    """(Q,) which queries enter the mean: with `skip` those that have something to find."""
    if report["protocol"].get("no_relevant") == "skip":
        return np.isfinite(values)
    return np.ones(len(values), dtype=bool)
