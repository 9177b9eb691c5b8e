"""Executed chapters by rebuild key, so that going back to an earlier state costs nothing."""

import shutil
from pathlib import Path

from zsr_lib.book.project import Project
from zsr_lib.files import atomic_path
from zsr_lib.reporting.record import Provenance

KEPT = 8
"""Executions remembered for each chapter; the oldest is forgotten first."""


def remember(executed: object, path: Path, record: dict[str, object]) -> None:
    """Writes an executed notebook to `path` with its run record in place of papermill's metadata."""
    import nbformat

    for part in (executed, *executed.cells):
        part.metadata.pop("papermill", None)
    executed.metadata["zsr"] = record | {"provenance": Provenance.now({}).as_dict()}
    nbformat.write(executed, path)


def keep(project: Project, chapter: str, key: str, output: Path) -> None:
    """Files a copy of the executed notebook `output` under its rebuild key."""
    target = _place(project, chapter, key)
    with atomic_path(target) as temporary:
        shutil.copyfile(output, temporary)
    known = sorted(target.parent.glob(f"{chapter}.*.ipynb"), key=lambda path: path.stat().st_mtime)
    for old in known[:-KEPT]:
        old.unlink()


def recall(project: Project, chapter: str, key: str, output: Path) -> float | None:
    """Puts the execution with this key at `output`, if there is one.

    Returns:
        How many seconds it took then, or None.
    """
    for path in (output, _place(project, chapter, key)):
        seconds = _seconds(path, key)
        if seconds is not None:
            if path != output:
                with atomic_path(output) as temporary:
                    shutil.copyfile(path, temporary)
            return seconds
    return None


def _place(project: Project, chapter: str, key: str) -> Path:
    return project.build / "cache" / f"{chapter}.{key[:24]}.ipynb"


def _seconds(path: Path, key: str) -> float | None:
    import nbformat

    if not path.is_file():
        return None
    try:
        record = nbformat.read(path, as_version=4).metadata.get("zsr", {})
    except (ValueError, nbformat.reader.NotJSONError):  # damaged: as good as absent
        return None
    return record["seconds"] if record.get("rebuild_key") == key else None
