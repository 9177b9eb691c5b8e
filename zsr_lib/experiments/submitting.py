"""A submission from file to record: every item checked against the task's own, scored, sealed."""

import datetime
import hashlib
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.configs import plain
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.codes_file import read_codes
from zsr_lib.evaluation.directions import check_ends, ends
from zsr_lib.evaluation.report import as_dict
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.named_tasks import NamedTask, named_task
from zsr_lib.experiments.scoring import size_of_code
from zsr_lib.experiments.submission import Submission, check_items
from zsr_lib.experiments.submitted import (
    SUBMITTED,
    UNWATCHED,
    ScoredCodes,
    as_kept,
    experiment_of,
    is_submitted,
    scored_codes,
)
from zsr_lib.files import atomic_path, sha256_of
from zsr_lib.reporting.per_query import PER_QUERY, keep_per_query
from zsr_lib.reporting.record import Provenance
from zsr_lib.reporting.run_record import CODES, FORMAT, RunRecord, read_record, read_records, write_record
from zsr_lib.reporting.seals import digest


def task_of(name: str, materials: Materials) -> tuple[NamedTask, Task]:
    """A named task with its data.

    Raises:
        UnknownNameError: There is no such task.
        ZsrError: The data are missing or damaged.
    """
    settled = named_task(name)
    return settled, materials.task(settled.data, name, seed=0)


def write_items(name: str, direction: str, materials: Materials, path: Path) -> None:
    """Writes ids and classes of a task's queries and gallery, for which codes can be handed in.

    Raises:
        ZsrError: As `task_of`; the disk is full, or the file cannot be written.
    """
    _, task = task_of(name, materials)
    check_ends(direction, task.dataset.name, task.dataset.items)
    items = (task.test_items(modality) for modality in ends(direction))
    arrays = {
        f"{side}_{field}": values
        for side, each in zip(("query", "gallery"), items, strict=True)
        for field, values in (("ids", each.ids.astype(str)), ("labels", each.class_names.astype(str)))
    }
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def submit(file: Path, what: Submission, materials: Materials, runs: Path) -> RunRecord:
    """Scores codes under a task and writes their record.

    Args:
        file: As `zsr_lib.evaluation.codes_file.read_codes` reads it, with ids.
        what: What for.
        materials: Gives the data.
        runs: Folder of all runs.

    Raises:
        BadInputError: Items or labels are not the task's, the codes cannot be compared, or the name or the codes are on
            the board already.
        ZsrError: The file or the data cannot be read.
    """
    settled, task = task_of(what.task, materials)
    check_ends(what.direction, task.dataset.name, task.dataset.items)
    codes, started = as_kept(read_codes(file)), time.perf_counter()
    for side, each, modality in zip(("query", "gallery"), codes, ends(what.direction), strict=True):
        check_items(side, each, task.test_items(modality))
    scored = scored_codes(codes, what.task, what.direction, what.distance)
    seconds, checksums = time.perf_counter() - started, materials.checksums(settled.data)
    setting = _setting(what, settled, scored)
    folder = (
        runs
        / experiment_of(what.task, what.direction)
        / f"{what.task}-seed0-{digest([setting, what.task, 0, checksums])}"
    )
    if folder.is_dir():
        return read_record(folder)
    _refuse_known(runs, what, setting["config"]["codes"])
    record = _record(what, task, scored, setting, Provenance.now(checksums, "cpu"))
    return _written(replace(record, seconds={"fit": 0.0, "evaluate": seconds, "total": seconds}), folder, scored)


def _setting(what: Submission, settled: NamedTask, scored: ScoredCodes) -> dict[str, Any]:
    """As an experiment's; the codes are named by their checksum, whatever the order of their items."""
    sides = (np.ascontiguousarray(side.codes).tobytes() for side in scored.codes)
    config = {
        "name": what.name,
        "distance": what.distance,
        "codes": hashlib.sha256(b"".join(sides)).hexdigest(),
    }
    return {
        "data": plain(settled.data),
        "method": SUBMITTED,
        "metrics": list(scored.evaluation.per_query),
        "directions": [what.direction],
        "no_relevant": "error",
        "config": config,
    }


def _refuse_known(runs: Path, what: Submission, codes: str) -> None:
    for record in filter(is_submitted, read_records(runs)):
        if record.experiment != experiment_of(what.task, what.direction):
            continue
        if record.title.casefold() == what.name.casefold():
            raise BadInputError(f"'{what.name}' is in {record.folder} with other codes.", "choose another name.")
        if record.setting["config"]["codes"] == codes:
            raise BadInputError(f"these codes are handed in already, as '{record.title}'.", "hand in your own.")


def _record(
    what: Submission, task: Task, scored: ScoredCodes, setting: dict[str, Any], provenance: Provenance
) -> RunRecord:
    code = size_of_code(scored.codes.gallery.codes, what.distance)
    return RunRecord(
        format=FORMAT,
        experiment=experiment_of(what.task, what.direction),
        title=what.name,
        profile="",
        overrides=(),
        point={"variant": what.name},
        variant=digest(setting),
        split=what.task,
        seed=0,
        setting=setting,
        groups={what.task: (what.task,)},
        published=(),
        task=task.describe(),
        method={"distance": what.distance, "legacy": False, "declared": asdict(what.declared), "about": {}},
        results={what.direction: as_dict(scored.evaluation) | {"code": code}},
        audit={"label": UNWATCHED, "leaks": [], "parts": [], "observed": []},
        provenance=provenance,
        seconds={},
        history={},
        files={},
        finished=datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds"),
    )


def _written(record: RunRecord, folder: Path, scored: ScoredCodes) -> RunRecord:
    """Writes codes, queries' values and, last, the record."""
    queries, gallery = scored.codes
    arrays = {
        f"{side}_{field}": getattr(each, field)
        for side, each in (("query", queries), ("gallery", gallery))
        for field in ("codes", "labels", "ids")
    }
    with atomic_path(folder / CODES) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)
    values = {"ids": queries.ids, "labels": queries.labels} | scored.evaluation.per_query
    direction = next(iter(record.results))
    files = {CODES: sha256_of(folder / CODES), PER_QUERY: keep_per_query({direction: values}, folder)}
    write_record(replace(record, files=files), folder)
    return read_record(folder)
