"""Systems from outside: a Python file or module that registers them, as in CONTRIBUTING's example."""

import importlib
import importlib.util
import sys
from pathlib import Path

from zsr_lib.errors import BadFileError, DataNotFoundError
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.guarding import guarded
from zsr_lib.files import sha256_of

_LOADED: list[str] = []


def loaded_plugins() -> tuple[str, ...]:
    """What `load_plugin` has imported: files by their full paths, modules by name."""
    return tuple(_LOADED)


def plugins_told() -> dict[str, str]:
    """What a record notes of them: ``plugin <name>`` → SHA-256 of a file, nothing of a module."""
    files = {f"plugin {Path(name).name}": Path(name) for name in _LOADED}
    return {told: sha256_of(file) if file.is_file() else "" for told, file in files.items()}


def load_plugin(name: str) -> None:
    """Imports a file (``ridge.py``) or a module by its dotted name; what it registers can be named by experiments.

    It is code, and is executed.

    Raises:
        DataNotFoundError: There is no such file or module.
        BadFileError: It raised an error while it was imported.
        LeakError: It does what no system may (`guarded`): reads data sets, replaces functions, starts processes.
    """
    path = Path(name)
    is_file = path.suffix == ".py"
    if not (path.is_file() if is_file else _is_installed(name)):
        raise DataNotFoundError(f"there is no plugin {name}.", "name a Python file, or a module that can be imported.")
    importlib.import_module("zsr_lib.experiments.run_cell")  # so that all of it is there to be looked at
    try:
        with guarded(name):
            _import_file(path) if is_file else importlib.import_module(name)
    except LeakError:
        raise
    except Exception as error:
        raise BadFileError(f"the plugin {name} raised {type(error).__name__}: {error}", "mend it.") from error
    _LOADED.append(str(path.resolve()) if is_file else name)


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # a part of a dotted name is missing, or it is no name
        return False


def _import_file(path: Path) -> None:
    spec = importlib.util.spec_from_file_location(f"plugin_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # before it runs, because dataclasses look themselves up
    spec.loader.exec_module(module)
