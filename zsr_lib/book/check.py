"""``zsr book check``: executed chapters against ``reported/``, as rows, as JSON and as the book's last chapter."""

import datetime
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from zsr_lib import settings
from zsr_lib.book.execute import Executed, chapter_key, execute_chapter, pinned_environment
from zsr_lib.book.processors import OLDEST, as_on, processors
from zsr_lib.book.project import Project
from zsr_lib.book.prose import claimed_constants, printed_numbers, typed_numbers
from zsr_lib.book.rebuild_key import data_fingerprint
from zsr_lib.files import write_text
from zsr_lib.reporting.executed import read_stated
from zsr_lib.reporting.gate import Row, check
from zsr_lib.reporting.record import processor
from zsr_lib.reporting.references import load_references, reference_file


def references_folder(project: Project) -> Path:
    """Where the references are."""
    return project.root / "reported"


def check_chapters(project: Project, executed: Iterable[Executed]) -> list[Row]:
    """The gate's rows for `executed` chapters, in their order.

    Besides the keys: executions that are older than what they depend on, and numbers that no key stands behind.
    """
    rows, data = [], data_fingerprint(settings.data_root())
    for chapter in executed:
        path = reference_file(references_folder(project), chapter.chapter, chapter.source)
        stated = read_stated(chapter.path)
        if stated.record["rebuild_key"] != chapter_key(project, chapter.chapter, stated.record["parameters"], data):
            rows.append(Row(chapter.chapter, "", None, None, "", "executed before the last change: zsr book build"))
        rows += check(stated, load_references(path))
        source = project.source(chapter.chapter)
        for finding in (*typed_numbers(source), *claimed_constants(source), *printed_numbers(chapter.path)):
            rows.append(Row(chapter.chapter, "", None, None, "", f"no key behind it: {finding}"))
    return rows


def check_elsewhere(project: Project, names: Sequence[str], chapters: Sequence[str], profile: str) -> list[Row]:
    """The gate's rows for `chapters`, executed afresh as on other processors.

    Args:
        project: The checkout.
        names: Of `zsr_lib.book.processors.processors`, ``oldest`` or ``all``.
        chapters: Full names.
        profile: ``quick`` or ``full``.

    Returns:
        One row per number and processor; its chapter's name ends in the processor's.

    Raises:
        ZsrError: A chapter failed, or no such processor.
    """
    root, rows = settings.data_root(), []
    parameters = {"profile": profile, "data": "real" if root else "generated"}
    wanted = [each for name in names for each in {"oldest": (OLDEST,), "all": processors()}.get(name, (name,))]
    for name in dict.fromkeys(wanted):
        with tempfile.TemporaryDirectory(dir=project.scratch("elsewhere")) as scratch:
            folder = Path(scratch)
            with as_on(name, folder / "cache"), pinned_environment():
                done = [
                    execute_chapter(
                        project, each, parameters, data_fingerprint(root), folder / f"{each}.ipynb", force=True
                    )
                    for each in chapters
                ]
                found = check_chapters(project, done)
        rows += [replace(row, chapter=f"{row.chapter} ({name})") for row in found]
    return rows


def training_chapters(project: Project, source: str) -> list[str]:
    """Chapters whose references for `source` (such as ``generated-quick``) have a number that was trained."""
    known = {
        name: load_references(reference_file(references_folder(project), name, source)) for name in project.chapters()
    }
    return [
        name
        for name, references in known.items()
        if references and any(each.claim.tier == "trained" for each in references.claims.values())
    ]


def not_checked(project: Project, source: str, today: datetime.date) -> list[str]:
    """One line for each other source of references, which this run says nothing about: what it is, and how old."""
    lines = []
    for folder in sorted(
        path for path in references_folder(project).glob("*") if path.is_dir() and path.name != source
    ):
        known = [load_references(path) for path in sorted(folder.glob("*.yaml"))]
        if not known:  # Run records lie beside the references.
            continue
        numbers = sum(len(references.claims) for references in known)
        dates = [str(references.provenance.get("date", "")) for references in known]
        devices = ", ".join(
            sorted({str(references.provenance.get("device", "unknown device")) for references in known})
        )
        age = (
            f"up to {(today - datetime.date.fromisoformat(min(dates))).days} days old" if all(dates) else "age unknown"
        )
        lines.append(f"not run here: {numbers} numbers on {folder.name} ({devices}), {age}")
    return lines


def shown(value: object) -> str:
    """A value as a short cell of a table."""
    if value is None:
        return ""
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 16 else f"{text[:14]}…"


def as_text(rows: Sequence[Row], failures_only: bool = False) -> str:
    """The gate's table for a terminal, closing with one line that counts."""
    from tabulate import tabulate

    picked = [row for row in rows if not (failures_only and row.passed)]
    cells = [
        (row.chapter.split("_")[0], row.key, shown(row.reference), shown(row.now), row.tier, row.verdict)
        for row in picked
    ]
    table = tabulate(cells, ("ch.", "key", "reference", "now", "tier", "verdict"), disable_numparse=True)
    return "\n".join(([table] if picked else []) + [summary(rows), *explanation(rows)])


def explanation(rows: Sequence[Row]) -> list[str]:
    """What a red gate means to somebody who changed nothing; nothing where no number moved too far."""
    moved = [row for row in rows if row.verdict == "drifted" and row.allowed is not None and row.now is not None]
    if not moved:
        return []
    times = {row: abs(float(row.now) - float(row.reference)) / max(row.allowed, 1e-300) for row in moved}
    worst = max(moved, key=lambda row: times[row])
    apart = abs(float(worst.now) - float(worst.reference))
    return [
        f"{len(moved)} numbers moved further than other processors move them: '{worst.key}' of {worst.chapter} by "
        f"{apart:.2g}, where {worst.allowed:.2g} is allowed, on {processor()}.",
        "If you changed code, data or versions, look whether this is meant, then zsr book bless --reason '…'. "
        "If you changed nothing, the tolerance is too narrow for your processor: please report these lines.",
    ]


def summary(rows: Sequence[Row]) -> str:
    """One line: how many numbers passed, and which chapters did not."""
    red = [row for row in rows if not row.passed]
    if not red:
        return f"gate: green, {len(rows)} of {len(rows)} numbers as reported"
    chapters = ", ".join(dict.fromkeys(row.chapter for row in red))
    return f"gate: RED, {len(red)} of {len(rows)} lines differ, in {chapters}"


def write_json(rows: Sequence[Row], path: Path) -> None:
    """The rows as a JSON list, whole or not at all."""
    content = [
        {name: getattr(row, name) for name in ("chapter", "key", "reference", "now", "tier", "verdict")} for row in rows
    ]
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False))
