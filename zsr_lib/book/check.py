"""``zsr book check``: executed chapters against ``reported/``, as rows, as JSON and as the book's last chapter."""

import datetime
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from zsr_lib import settings
from zsr_lib.book.execute import Executed, chapter_key
from zsr_lib.book.project import Project
from zsr_lib.book.prose import printed_numbers, typed_numbers
from zsr_lib.book.rebuild_key import data_fingerprint
from zsr_lib.files import write_text
from zsr_lib.reporting.executed import read_stated
from zsr_lib.reporting.gate import Row, check
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
        for finding in (*typed_numbers(project.source(chapter.chapter)), *printed_numbers(chapter.path)):
            rows.append(Row(chapter.chapter, "", None, None, "", f"no key behind it: {finding}"))
    return rows


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
    return (f"{table}\n" if picked else "") + summary(rows)


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
