"""Run records: one folder a run, with everything that a table or a reader needs to trust its numbers."""

import gc
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.configs import added, build, jsonable, plain
from zsr_lib.errors import BadFileError, UnknownNameError, ZsrError
from zsr_lib.files import sha256_of, write_text
from zsr_lib.reporting.from_runs import FromRuns
from zsr_lib.reporting.per_query import PER_QUERY, read_per_query
from zsr_lib.reporting.published.number import Listed
from zsr_lib.reporting.record import Provenance
from zsr_lib.reporting.seals import SEAL, fits, sealed

FORMAT = 1
RECORD = "record.json"
CODES = "codes.npz"
"""In the folder of a run of which nothing but its codes was handed in: they are kept, to be scored again."""
MODEL, TRAINING = "model", "training"
"""Folders of the fitted system, and of checkpoints until the run is complete."""
UNFINISHED = ".part"
"""How the name of a run's folder ends until the run is complete."""


@dataclass(frozen=True)
class RunRecord:
    """One system, fitted and evaluated once.

    Attributes:
        format: Version of this layout.
        experiment: Name of the experiment file.
        title: What the experiment is called in words.
        profile: ``quick`` or ``full``; empty where the experiment has no such profile.
        overrides: Assignments that were made on the command line.
        point: What distinguishes this run from the experiment's others: the variant's name, the grid's values.
        variant: Digest of `setting`; equal for runs that differ in split and seed only.
        split: Name of the split.
        seed: Of everything random, the choice of validation classes included.
        setting: The resolved configuration, defaults spelled out: data, method, config, metrics, directions.
        groups: Group name → splits whose mean a table shows.
        published: Other people's numbers for this experiment: published systems by name, or numbers in full.
        task: What `Task.describe` says: classes, counts, checksums.
        method: Distance, whether it is a legacy method, how many ``parameters`` its fit made (buffers, too; not in
            older records), and what `Method.about` says (checksums of weights, …).
        results: Direction → what `zsr_lib.evaluation.report.as_dict` says: metrics, chance, oracle, protocol; and what
            a ``code`` takes (not in older records).
        audit: The leak audit's label, its leaks, and the classes of the trained parts as the system declares them
            (``parts``) and of the items that it looked at (``observed``).
        provenance: Code, data, device, threads, versions.
        seconds: Wall time of ``fit``, ``evaluate`` and ``total``.
        history: Losses and validations (`zsr_lib.training.history.History`).
        files: Name → SHA-256 of the other files of the folder.
        finished: UTC time.
        measures: Named numbers of the fit beside the metrics: best validation score, accuracy of a pretext task, ….
        trained: Where the system was trained if not in this run, which then only scored it: the other run's folder,
            its code, when it finished.
        folder: Where it was read from; None before it is written.
        seal: Of the file that it was read from; empty before.
    """

    format: int
    experiment: str
    title: str
    profile: str
    overrides: tuple[str, ...]
    point: dict[str, Any]
    variant: str
    split: str
    seed: int
    setting: dict[str, Any]
    groups: dict[str, tuple[str, ...]]
    published: tuple[str | Listed, ...]
    task: dict[str, Any]
    method: dict[str, Any]
    results: dict[str, dict[str, Any]]
    audit: dict[str, Any]
    provenance: Provenance
    seconds: dict[str, float]
    history: dict[str, Any]
    files: dict[str, str]
    finished: str
    measures: dict[str, float] | None = added(None)  # noqa: RUF009 - a field
    trained: dict[str, Any] | None = added(None)  # noqa: RUF009 - a field
    folder: Path | None = field(default=None, init=False, compare=False)
    seal: str = field(default="", init=False, compare=False)

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self.task["dataset"]

    @property
    def dataset_checksum(self) -> str:
        """Checksum of the data set."""
        return self.task["dataset_checksum"]

    @property
    def named_numbers(self) -> dict[str, float]:
        """The measures, and the ``seconds`` of the fit."""
        return {"seconds": self.seconds["fit"], **(self.measures or {})}

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON; `read_record` reads it again."""
        return jsonable(plain(self))

    def per_query(self, direction: str) -> dict[str, np.ndarray]:
        """The (Q,) ids, labels and values (by metric name) of a direction's queries.

        Raises:
            UnknownNameError: The direction was not evaluated.
            BadFileError: The file is missing or not what was written.
        """
        if direction not in self.results:
            raise UnknownNameError("direction of this run", direction, self.results)
        return read_per_query(self.folder or Path(), direction, self.files.get(PER_QUERY))


def write_record(record: RunRecord, folder: Path) -> None:
    """Writes the record, the last file of a run's folder, with its seal.

    Raises:
        ZsrError: The disk is full, or the folder cannot be written.
    """
    text = json.dumps(sealed(record.as_dict()), indent=1, ensure_ascii=False, allow_nan=False)
    write_text(folder / RECORD, text + "\n")


def checksums_of(folder: Path) -> dict[str, str]:
    """Path → SHA-256 of a run's files, checkpoints left out."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: sha256_of(path) for name, path in names.items() if not name.startswith(f"{TRAINING}/")}


def read_record(folder: Path) -> RunRecord:
    """The record of one run.

    Raises:
        BadFileError: There is none, it is damaged or was edited, or a newer version of the library wrote it.
    """
    path = folder / RECORD
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        version = found["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadFileError(f"{path} is no run record ({error}).", "delete the folder and run it again.") from error
    if version != FORMAT:
        newer = isinstance(version, int) and version > FORMAT
        raise BadFileError(
            f"{path} has format {version}; this version reads {FORMAT}.",
            "update zsr_lib." if newer else "it is of an older version: run it again with zsr run.",
        )
    if not fits(found):
        raise BadFileError(
            f"{path} is not what its run wrote: its seal {'does not fit' if SEAL in found else 'is missing'}.",
            "restore it from version control, or run it again with zsr run --again; a result is never edited.",
        )
    try:
        record = build(RunRecord, {key: value for key, value in found.items() if key != SEAL}, "run record")
    except ZsrError as error:
        raise BadFileError(f"{path} is damaged: {error.problem}", "delete the folder and run it again.") from error
    for report in record.results.values():
        told, runs = report["metrics"].items(), [f"{record.experiment}/{folder.name}"]
        report["metrics"] = {name: value and FromRuns(value, runs) for name, value in told}
    object.__setattr__(record, "folder", folder)
    object.__setattr__(record, "seal", found[SEAL])
    return record


def read_records(root: Path) -> list[RunRecord]:
    """All finished runs below `root` (``<root>/<experiment>/<run>``), sorted by folder; unfinished ones are skipped.

    Raises:
        BadFileError: A record is damaged, edited or of a newer version, or a run lies there twice; names it.
    """
    folders = sorted(path.parent for path in root.glob(f"*/*/{RECORD}"))
    collecting = gc.isenabled()
    gc.disable()  # a thousand records have no garbage among them, and to look for it takes a tenth of the time
    try:
        records = [read_record(folder) for folder in folders if folder.suffix != UNFINISHED]
    finally:
        if collecting:
            gc.enable()
    known: dict[tuple[str, ...], Path | None] = {}
    for record in records:
        first = known.setdefault(_identity(record), record.folder)
        if first != record.folder:
            raise BadFileError(f"{record.folder} is a copy of {first}.", "delete one: a run counts once.")
    return records


def _identity(record: RunRecord) -> tuple[str, ...]:
    return record.experiment, record.variant, record.split, str(record.seed), record.dataset_checksum, record.finished
