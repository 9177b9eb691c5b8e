"""Codes that somebody handed in: scored by our evaluator, kept with their record, and scored again whenever it is read.

Nobody watched how such codes were made. The record says so, with what its authors declare, and it takes no rank.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from zsr_lib.errors import BadFileError, BadInputError, ZsrError
from zsr_lib.evaluation.codes_file import CodesFile, read_codes
from zsr_lib.evaluation.directions import ends
from zsr_lib.evaluation.report import as_dict
from zsr_lib.evaluation.score import Evaluation, evaluate
from zsr_lib.evaluation.sides import Side
from zsr_lib.experiments.config import RetrievalConfig
from zsr_lib.experiments.named_tasks import checksum_of_items, named_task, order_of
from zsr_lib.files import sha256_of
from zsr_lib.reporting.per_query import PER_QUERY
from zsr_lib.reporting.run_record import CODES, RunRecord

SUBMITTED = "submitted"
"""The method of what was handed in; its experiment names the task, too (`experiment_of`)."""
UNWATCHED = "unwatched"
"""The audit's label of it."""


class ScoredCodes(NamedTuple):
    """Handed-in codes under a task.

    Attributes:
        evaluation: Of the direction.
        codes: Both sides in the order of their ids.
    """

    evaluation: Evaluation
    codes: CodesFile


def is_submitted(record: RunRecord) -> bool:
    """Whether a record is of codes that were handed in."""
    return record.setting["method"] == SUBMITTED


def experiment_of(task: str, direction: str) -> str:
    """Where submissions to a task are kept: ``submitted-sketchy-25-sake-sketch-to-photo``."""
    return f"{SUBMITTED}-{task}-{direction.replace('→', '-to-')}"


def check_names(records: Iterable[RunRecord]) -> None:
    """Makes sure that a name stands for one submission to a task: the newer of two would hide the other.

    Raises:
        BadFileError: It stands for two.
    """
    known: dict[tuple[str, str], RunRecord] = {}
    for record in filter(is_submitted, records):
        if known.setdefault((record.experiment, record.title.casefold()), record) is not record:
            raise _refused(record, "another one has its name")


def scored_codes(codes: CodesFile, task: str, direction: str, distance: str) -> ScoredCodes:
    """Scores codes under a named task, without the task's data.

    Raises:
        UnknownNameError: No such task, or distance.
        BadInputError: The items are not the task's, or the codes cannot be compared.
    """
    settled, sides = named_task(task), []
    for name, side, modality in zip(("query", "gallery"), codes, ends(direction), strict=True):
        ids = side.needed("ids", "a submission").astype(str)
        if checksum_of_items(ids, side.labels.astype(str)) != settled.items.get(modality):
            raise BadInputError(
                f"the {name} items are not those of {task}: other ids or other labels.",
                f"take ids and labels as 'zsr submit --task {task} --items FILE' writes them.",
            )
        order = order_of(ids)
        sides.append(Side(side.codes[order], side.labels.astype(str)[order], ids[order]))
    protocol = RetrievalConfig().protocol(direction, distance)
    return ScoredCodes(evaluate(*sides, settled.metrics_of(distance), protocol), CodesFile(*sides))


def check_submission(record: RunRecord) -> None:
    """Scores the codes that are kept beside a record again, and compares everything with what is recorded.

    Raises:
        BadFileError: The codes are missing or other ones, or give other numbers than the record or its queries' values.
    """
    assert record.folder is not None
    path, (direction, stored) = record.folder / CODES, next(iter(record.results.items()))
    if not path.is_file() or sha256_of(path) != record.files.get(CODES):
        raise _refused(record, f"its {CODES} is missing, or is not what was handed in")
    try:
        scored = scored_codes(read_codes(path), record.split, direction, record.method["distance"])
    except ZsrError as error:
        raise _refused(record, error.problem.rstrip(".")) from error
    if fault := _difference(as_dict(scored.evaluation), stored) or _values(record, direction, scored):
        raise _refused(record, fault)
    if record.experiment != experiment_of(record.split, direction) or record.point != {"variant": record.title}:
        raise _refused(record, "it says that it belongs to another experiment")
    if record.audit["label"] != UNWATCHED:
        raise _refused(record, f"it is called {record.audit['label']}, but nobody watched how its codes were made")


def _difference(now: Mapping[str, Any], stored: Mapping[str, Any]) -> str:
    """The first number of a report that is stored otherwise than the codes give it; '' for none."""
    for part in ("metrics", "macro", "per_class", "chance", "oracle", "interval"):
        for metric, value in now[part].items():
            if not _agree(value, stored.get(part, {}).get(metric)):
                return f"its {part} of {metric} are not those of its codes"
    told, name = stored["protocol"], now["protocol"]["name"]
    return "" if told["name"] == name else f"its protocol is '{told['name']}', that of its codes '{name}'"


def _agree(one: Any, other: Any, tolerance: float = 1e-9) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_agree(each, other[key], tolerance) for key, each in one.items())
    if one is None or other is None:
        return one is other
    return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, rtol=0, atol=tolerance))


def _values(record: RunRecord, direction: str, scored: ScoredCodes) -> str:
    if PER_QUERY not in record.files:
        return "the values of its queries are missing"
    kept, queries = record.per_query(direction), scored.codes.queries
    if kept["ids"].astype(str).tolist() != queries.ids.tolist():
        return "the values of its queries are of other queries"
    for metric, values in scored.evaluation.per_query.items():
        if metric not in kept or not np.allclose(kept[metric], values, rtol=0, atol=1e-6, equal_nan=True):
            return f"the values of its queries by {metric} are not those of its codes"
    return ""


def _refused(record: RunRecord, fault: str) -> BadFileError:
    return BadFileError(
        f"the submission '{record.title}' in {record.folder} is refused: {fault}.",
        "hand its codes in again with zsr submit; a result is never edited.",
    )


def as_kept(codes: CodesFile) -> CodesFile:
    """Codes as they are kept: what is wider than single precision is rounded to it, before it is scored."""
    return CodesFile(*(replace(side, codes=_narrow(side.codes)) for side in codes))


def _narrow(codes: np.ndarray) -> np.ndarray:
    return codes.astype(np.float32) if codes.dtype == np.float64 else codes
