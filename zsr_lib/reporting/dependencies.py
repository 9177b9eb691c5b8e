"""Which files of the library some code depends on, read from its imports."""

import ast
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

PACKAGE = "zsr_lib"


def imported_modules(source: str, apart: Collection[str] = ()) -> set[str]:
    """Dotted names under ``zsr_lib`` that `source` imports, also inside functions or as text of a lazy registry.

    Args:
        source: Python code.
        apart: Modules whose name as text counts for nothing.
    """
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {node.value.split(":")[0]} - set(apart)
    return {name for name in found if name == PACKAGE or name.startswith(f"{PACKAGE}.")}


def _files_of(module: str, library: Path) -> Iterator[Path]:
    """A module's file; for a package everything inside, since packages load their members and data by name."""
    path = library.parent.joinpath(*module.split("."))
    if path.with_suffix(".py").is_file():
        yield path.with_suffix(".py")
    elif path.is_dir() and path != library:
        # The rooms' own __init__ files import nothing, so naming a room is not using all of it.
        inside = [path / "__init__.py"] if path.parent == library else path.rglob("*")
        yield from (file for file in inside if file.is_file() and "__pycache__" not in file.parts)


def library_files(source: str, library: Path, apart: Collection[str] = ()) -> list[Path]:
    """Files of the library that Python code `source` depends on, directly or through other modules.

    Args:
        source: Python code.
        library: The folder ``zsr_lib``.
        apart: Modules that a registry lists by name, and that count only where they are imported.

    Returns:
        Sorted paths.
    """
    waiting, files = imported_modules(source, apart), set()
    while waiting:
        for file in set(_files_of(waiting.pop(), library)) - files:
            files.add(file)
            if file.suffix == ".py":
                waiting |= _imported_by(file, file.stat().st_mtime_ns, frozenset(apart))
    return sorted(files)


@cache
def _imported_by(file: Path, changed: int, apart: frozenset[str]) -> set[str]:
    """Each file is read once, however many chapters or cells depend on it, until it is `changed`."""
    return imported_modules(file.read_text(encoding="utf-8"), apart)
