"""The rebuild key: a chapter is executed again exactly when something that it depends on has changed.

It covers the chapter's text, its parameters, the files of the checkout that it names, every source of ``zsr_lib`` it
uses directly or through other modules, pinned and installed versions, Python, device, backbone weights and the
data root's files. A number on a page can therefore not outlive the code that made it, the trap of Jupyter Book's own
execution cache. Executions are kept by their keys, so that going back to an earlier state costs nothing.
"""

import ast
import hashlib
import importlib.metadata
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from zsr_lib import settings
from zsr_lib.book.project import Project
from zsr_lib.files import atomic_path
from zsr_lib.reporting.dependencies import PACKAGE, library_files
from zsr_lib.reporting.record import LIBRARIES, Provenance, device

LONGEST_PATH = 200
ROOMS, CODE = ("book", "experiments", "models", "reporting", "widgets"), (".py", ".yaml", ".js", ".css")
"""What of the library makes pages."""
KEPT = 8
"""Executions remembered for each chapter, data source and profile; the one unused for longest is forgotten first."""


def named_files(source: str, root: Path) -> list[Path]:
    """Files of the checkout that Python code names as text, for example the run records in ``reported/runs/NAME``."""
    texts = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    paths = [root / text for text in texts if isinstance(text, str) and "/" in text and len(text) < LONGEST_PATH]
    inside = (path for path in paths if path.exists() and path.resolve().is_relative_to(root.resolve()))
    files = (file for path in inside for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())
    return sorted(set(files))


def data_fingerprint(root: Path | None) -> str:
    """A digest of names, sizes and modification times below the data root; 'generated' without one."""
    if root is None:
        return "generated"
    digest, visited = hashlib.sha256(), set()
    # Data sets are often linked into the data root; what is behind a link counts, once.
    for folder, subfolders, names in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in visited:
            subfolders.clear()
            continue
        visited.add(real)
        subfolders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            stat = os.stat(path) if os.path.exists(path) else os.lstat(path)
            relative = os.path.relpath(path, root)
            digest.update(f"{relative}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def rebuild_key(project: Project, text: str, code: str, parameters: Mapping[str, object], data: str) -> str:
    """SHA-256 over everything that an executed chapter depends on.

    Args:
        project: The checkout.
        text: The chapter's source text, prose included (it is part of the executed notebook).
        code: The chapter's code cells.
        parameters: What papermill passes in.
        data: `data_fingerprint` of the data root.

    Returns:
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    facts = {
        "parameters": dict(parameters),
        "python": sys.version,
        "data": data,
        "installed": {name: importlib.metadata.version(name) for name in LIBRARIES},
        "device": device(),
        "weights": [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in settings.weight_files()],
    }
    digest.update(json.dumps(facts, sort_keys=True).encode() + text.encode())
    library = library_files(code, project.root / PACKAGE)
    for file in [project.root / "constraints.txt", *library, *named_files(code, project.root)]:
        digest.update(str(file.relative_to(project.root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def pages_key(project: Project, notebooks: Sequence[Path], assets: str) -> str:
    """SHA-256 over everything that the built pages depend on: they are built again when it moves.

    Args:
        project: The checkout.
        notebooks: The executed chapters.
        assets: Digest of what else pages load.
    """
    inside = [
        file
        for folder, endings in [(name, ()) for name in ("book", "reported")]
        + [(f"{PACKAGE}/{room}", CODE) for room in ROOMS]
        for file in sorted((project.root / folder).rglob("*"))
        if file.is_file() and "node_modules" not in file.parts and (not endings or file.suffix in endings)
    ]
    files = [project.root / name for name in ("_config.yml", "_toc.yml", "constraints.txt")]
    addresses = [os.environ.get(name, "") for name in ("ZSR_REPOSITORY", "ZSR_SITE")]
    digest = hashlib.sha256("\0".join([*addresses, assets]).encode())
    for file in [*files, *inside, *notebooks]:
        digest.update(str(file.relative_to(project.root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


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
