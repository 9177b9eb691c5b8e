"""Where the parts of a checkout are, and which chapters its table of contents names."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from zsr_lib.errors import UnknownNameError, ZsrError


@dataclass(frozen=True)
class Project:
    """A checkout of this project.

    Attributes:
        root: The folder that holds ``_toc.yml``.
    """

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> "Project":
        """The checkout that `start` (default: the current folder) lies in.

        Raises:
            ZsrError: No folder from `start` upwards holds a book.
        """
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "_toc.yml").is_file() and (folder / "notebooks").is_dir():
                return cls(folder)
        raise ZsrError(
            f"{start} is not inside a checkout of this project (no _toc.yml with notebooks/ beside it).",
            "change into your clone of the repository and run the command there.",
        )

    @property
    def build(self) -> Path:
        """Everything that is made: executed notebooks, logs, pages."""
        return self.root / "_build"

    def scratch(self, purpose: str) -> Path:
        """A folder in `build` for what is thrown away again; it exists."""
        folder = self.build / purpose
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def chapters(self) -> list[str]:
        """Names of the executable chapters, in the order of the table of contents."""
        toc = yaml.safe_load((self.root / "_toc.yml").read_text(encoding="utf-8"))
        files = [entry["file"] for part in toc["parts"] for entry in part["chapters"]]
        return [Path(file).name for file in files if file.startswith("notebooks/")]

    def source(self, chapter: str) -> Path:
        """The text notebook of `chapter`."""
        return self.root / "notebooks" / f"{chapter}.md"

    def chapter(self, wanted: str) -> str:
        """The chapter that `wanted` names: its full name, or its number such as ``2`` or ``02``.

        Raises:
            UnknownNameError: No such chapter.
        """
        names = self.chapters()
        for name in names:
            if wanted == name or (wanted.isdigit() and name.split("_")[0] == f"{int(wanted):02d}"):
                return name
        raise UnknownNameError("chapter", wanted, names)
