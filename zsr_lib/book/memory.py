"""Executed chapters by rebuild key, so that going back to an earlier state costs nothing."""

import os
import shutil
from pathlib import Path

from zsr_lib.book.project import Project
from zsr_lib.files import atomic_path
from zsr_lib.reporting.record import Provenance

KEPT = 8
"""Executions remembered for each chapter, data source and profile; the one unused for longest is forgotten first."""


def remember(executed: object, path: Path, record: dict[str, object]) -> None:
    """Writes an executed notebook to `path` with its run record in place of papermill's metadata."""
    import nbformat

    for part in (executed, *executed.cells):
        part.metadata.pop("papermill", None)
    executed.metadata["zsr"] = record | {"provenance": Provenance.now({}).as_dict()}
    nbformat.write(executed, path)


def keep(project: Project, output: Path) -> None:
    """Files a copy of the executed notebook `output` under its rebuild key."""
    target = _place(project, output, key_of(output) or "")
    with atomic_path(target) as temporary:
        shutil.copyfile(output, temporary)
    known = sorted(target.parent.glob("*.ipynb"), key=lambda path: path.stat().st_mtime)
    for old in known[:-KEPT]:
        old.unlink()


def recall(project: Project, key: str, output: Path) -> float | None:
    """Puts the execution with this key at `output`, if there is one.

    Returns:
        How many seconds it took then, or None.
    """
    for path in (output, _place(project, output, key)):
        record = _record(path)
        if record.get("rebuild_key") == key:
            if path != output:
                os.utime(path)
                with atomic_path(output) as temporary:
                    shutil.copyfile(path, temporary)
            return record["seconds"]
    return None


def key_of(path: Path) -> str | None:
    """The rebuild key of an executed notebook; None for one that is absent or damaged."""
    return _record(path).get("rebuild_key")


def _place(project: Project, output: Path, key: str) -> Path:
    return project.build / "cache" / output.parent.name / output.stem / f"{key[:24]}.ipynb"


def _record(path: Path) -> dict:
    import nbformat

    try:
        return nbformat.read(path, as_version=4).metadata.get("zsr", {})
    except (OSError, ValueError, nbformat.reader.NotJSONError):  # absent or damaged
        return {}
