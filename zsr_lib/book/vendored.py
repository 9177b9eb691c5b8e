"""Scripts that pages load from their own origin: npm packages as they were installed, and the book's own."""

import shutil
from pathlib import Path
from typing import NamedTuple

import zsr_lib
from zsr_lib.book.project import Project
from zsr_lib.errors import ZsrError

OWN = "scripts"
"""Folder in ``book/`` for the book's own scripts; from its static folder Jupyter Book would load them on every page."""

WIDGETS = ("sketch_pad.js", "sketch_pad.css")
"""Files of ``zsr_lib/widgets`` that pages use as live notebooks do; they are put beside the book's own scripts."""


class Package(NamedTuple):
    """An npm package: its name, the folder in it, and the files and folders there that a page may ask for."""

    name: str
    folder: str
    parts: tuple[str, ...]


PACKAGES = (
    # How formulas look that the build has set; its version is the one that sphinxcontrib-katex sets them with.
    Package("katex", "dist", ("katex.min.css", "fonts")),
    # The build for one thread, which needs no headers from the server; its loader, its module, and the machine code.
    Package(
        "onnxruntime-web", "dist", ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
    ),
    Package("sortable-tablesort", "dist", ("sortable.min.js",)),
)


def installed(project: Project, package: Package) -> Path:
    """Where npm put the package's folder.

    Raises:
        ZsrError: It is not installed.
    """
    source = project.root / "book" / "node_modules" / package.name / package.folder
    if not source.is_dir():
        raise ZsrError(
            f"{package.name} is not installed, which pages load from their own origin.",
            "run 'make setup' (or: npm ci --prefix book --ignore-scripts).",
        )
    return source


def vendor(project: Project, static: Path) -> None:
    """Copies everything into the static folder of built pages: ``<static>/<package>/…`` and ``<static>/book/…``.

    Raises:
        ZsrError: A package is not installed.
    """
    for package in PACKAGES:
        source, target = installed(project, package), static / package.name
        for part in package.parts:
            (target / part).parent.mkdir(parents=True, exist_ok=True)
            if (source / part).is_dir():
                shutil.copytree(source / part, target / part)
            else:
                shutil.copy(source / part, target / part)
    if (project.root / "book" / OWN).is_dir():
        shutil.copytree(project.root / "book" / OWN, static / "book")
        for name in WIDGETS:
            shutil.copy(Path(zsr_lib.__file__).parent / "widgets" / name, static / "book")
