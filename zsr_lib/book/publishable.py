"""What an executed chapter must not show: errors, warnings, paths of one machine."""

import re
from pathlib import Path

from zsr_lib import settings
from zsr_lib.book.project import Project
from zsr_lib.errors import ZsrError

ABSOLUTE = re.compile(r"(?<![\w.:/<])/(?:tmp|home|root|usr|opt|var|mnt|srv|Users)/\S+")
"""Paths that exist on one machine only, wherever on it they come from."""


class ChapterError(ZsrError):
    """A chapter that raised, or that produced something that must not be published."""


def refuse_unpublishable(notebook: object, project: Project, chapter: str) -> None:
    """Looks through a notebook's outputs for errors, warnings and paths of this machine.

    Raises:
        ChapterError: An output is an error, went to stderr, or holds an absolute path.
    """
    own = {str(project.root), str(Path.home()), str(settings.cache_root()), str(settings.data_root() or "")} - {"/", ""}
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            data = {kind: value for kind, value in output.get("data", {}).items() if not kind.startswith("image/")}
            shown = str(output.get("text", "")) + str(data)
            where = f"chapter {chapter}, cell {number},"
            if output.output_type == "error":
                raise ChapterError(f"{where} ended with {output.ename}.", "let the cell handle it, or mend it.")
            if output.get("name") == "stderr":
                problem = f"{where} wrote to stderr: {shown.strip()[:300]}"
                raise ChapterError(problem, "mend what it warns about; a reader would see it too.")
            leaked = next((path for path in own if path in shown), None) or ABSOLUTE.search(shown)
            if leaked:
                raise ChapterError(
                    f"{where} prints a path of this machine ({leaked if isinstance(leaked, str) else leaked.group()}).",
                    "print a name or a relative path instead.",
                )
