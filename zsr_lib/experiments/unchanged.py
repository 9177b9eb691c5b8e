"""Whether functions are still those that were there before code of a system ran."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from zsr_lib.evaluation.leaks import LeakError

_ROOMS = tuple(f"zsr_lib.{room}." for room in ("data", "evaluation", "experiments", "reporting", "models"))
_OTHERS = ("numpy", "torch", "json", "hashlib", "zsr_lib.files")
_CALLED = (FunctionType, classmethod, staticmethod, property)


def functions() -> dict[tuple[str, str], tuple[Any, Any]]:
    """(module, name) → function or class, and its code, of what scores and audits, of NumPy and of torch."""
    found = {}
    for module in list(sys.modules.values()):
        name = getattr(module, "__name__", "")
        if isinstance(module, ModuleType) and (name.startswith(_ROOMS) or name in _OTHERS):
            for key, value in _called(module, name):
                found[name, key] = value, getattr(value, "__code__", None)
    return found


def check_unchanged(before: Mapping[tuple[str, str], tuple[Any, Any]], who: str) -> None:
    """Makes sure that nothing of what `functions` found has been replaced since.

    Raises:
        LeakError: Something was; names it.
    """
    now = functions()
    for (module, name), (value, code) in before.items():
        there, its_code = now.get((module, name), (None, None))
        if (there is not value or its_code is not code) and not (module == "torch" and _is_torchs(there)):
            raise LeakError(
                f"{who} replaces {name} of {module}.", "change nothing of what scores and audits; make codes."
            )


def _is_torchs(value: Any) -> bool:
    """Torch wraps some of its own functions once several processes train together."""
    file = getattr(getattr(value, "__code__", None), "co_filename", "")
    return file.startswith(str(Path(sys.modules["torch"].__file__ or "").parent))


def _called(module: ModuleType, name: str) -> Iterator[tuple[str, Any]]:
    """Functions and classes of a module, and the methods of the classes that are its own."""
    for key, value in list(vars(module).items()):
        if callable(value):
            yield key, value
        if isinstance(value, type) and value.__module__ == name and name.startswith(_ROOMS):
            for method, own in list(vars(value).items()):
                if isinstance(own, _CALLED):
                    yield f"{key}.{method}", own
