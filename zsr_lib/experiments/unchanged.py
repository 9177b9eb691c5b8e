"""Whether all is still as it was before code of a system ran: functions, constants, settings, what runs later."""

import gc
import os
import signal
import sys
import sysconfig
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from zsr_lib import settings
from zsr_lib.evaluation.leaks import LeakError

LIBRARY = str(Path(settings.__file__).parent) + os.sep
INSTALLED = tuple(sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib"))
_JUDGING = tuple(f"zsr_lib.{room}." for room in ("evaluation", "experiments", "reporting"))
_JUDGING += ("zsr_lib.data.registry", "zsr_lib.models.registry")
_ROOMS = (*_JUDGING, "zsr_lib.data.", "zsr_lib.models.")
_OTHERS = ("numpy", "numpy.linalg", "torch", "torch.nn.functional", "json", "hashlib", "zsr_lib.files")
_OTHERS += ("builtins", "os", "math", "statistics", "pathlib")
_CLASSES = ("pathlib.Path", "torch.Tensor")
_CALLED = (FunctionType, classmethod, staticmethod, property)


class Snapshot(NamedTuple):
    """How things are.

    Attributes:
        held: (module, name) → what it is, and its code or contents: functions and classes of what scores and audits, of
            NumPy, torch and Python's own, and the constants of the first.
        settings: Environment variables of this library.
        later: What is called later by itself: threads, handlers, streams.
    """

    held: dict[tuple[str, str], tuple[Any, Any]]
    settings: dict[str, str]
    later: dict[str, list[Any]]


def snapshot(code: bool = True) -> Snapshot:
    """How things are now; `held` is empty without `code`, which takes most of the time."""
    held = {}
    for module in list(sys.modules.values()) if code else ():
        name = getattr(module, "__name__", "")
        if isinstance(module, ModuleType) and (name.startswith(_ROOMS) or name in _OTHERS):
            held |= {(name, key): (value, _inside(value)) for key, value in _held(module, name)}
    environment = {name: value for name, value in os.environ.items() if name.startswith("ZSR_")}
    handlers = [signal.getsignal(each) for each in sorted(signal.valid_signals())]
    later = {
        "a thread": threading.enumerate(),
        "a handler of signals": [each for each in handlers if callable(each)],
        "a callback of the collector": list(gc.callbacks),
        "a stream": [sys.stdout, sys.stderr],
    }
    return Snapshot(held, environment, later)


def check_unchanged(before: Snapshot, who: str) -> None:
    """Makes sure that nothing has been replaced, set or left behind since.

    Raises:
        LeakError: Something was; names it.
    """
    now = snapshot(bool(before.held))
    for (module, name), (value, inside) in before.held.items():
        there, its = now.held.get((module, name), (None, None))
        if (there is not value or not _holds(its, inside)) and not (module == "torch" and _is_torchs(there)):
            raise LeakError(
                f"{who} replaces {name} of {module}.", "change nothing of what scores and audits; make codes."
            )
    old, new = before.settings, now.settings
    if changed := sorted(key for key in {*new, *old} if new.get(key) != old.get(key)):
        raise LeakError(f"{who} sets {', '.join(changed)}.", "leave settings as they are.")
    for what, those in now.later.items():
        known = {id(each) for each in before.later[what]}
        if left := [each for each in those if id(each) not in known and _is_foreign(each)]:
            name = getattr(left[0], "name", type(left[0]).__name__)
            raise LeakError(f"{who} leaves {what} behind ({name}).", "join threads and put back what you change.")


def from_outside(file: str) -> bool:
    """Whether code of this file is neither this library's nor installed."""
    return not file.startswith((LIBRARY, "<frozen", *INSTALLED))


def _is_foreign(left: Any) -> bool:
    """Whether what a thread runs, or what would be called, is from outside; tqdm has a thread, too."""
    run = getattr(left, "_target", None) or (left if hasattr(left, "__code__") else getattr(type(left), "run", None))
    code = getattr(run, "__code__", None)
    module = sys.modules.get(type(left).__module__)
    return from_outside(code.co_filename if code else getattr(module, "__file__", None) or "<frozen")


def _is_torchs(value: Any) -> bool:
    """Torch wraps some of its own functions once several processes train together."""
    file = getattr(getattr(value, "__code__", None), "co_filename", "")
    return file.startswith(str(Path(sys.modules["torch"].__file__ or "").parent))


def _held(module: ModuleType, name: str) -> Iterator[tuple[str, Any]]:
    """Functions and classes of a module, methods of the classes that are its own, constants of what judges."""
    for key, value in list(vars(module).items()):
        if callable(value) or (name.startswith(_JUDGING) and not isinstance(value, ModuleType)):
            yield key, value
        own = isinstance(value, type) and value.__module__ == name and name.startswith(_ROOMS)
        if own or f"{name}.{key}" in _CLASSES:
            for method, inner in list(vars(value).items()):
                if isinstance(inner, _CALLED):
                    yield f"{key}.{method}", inner


def _inside(value: Any) -> Any:
    """What can be changed although the object stays: a function's code, a class's names, what a constant holds."""
    if isinstance(value, type):
        return frozenset(vars(value)) if f"{value.__module__}.{value.__name__}" in _CLASSES else None
    if isinstance(value, Mapping):
        return dict(value)
    return getattr(value, "__code__", None) if callable(value) else repr(value)


def _holds(now: Any, before: Any) -> bool:
    """Whether all is there that was; a mapping may have got more, as a registry does."""
    return now.items() >= before.items() if isinstance(before, dict) and isinstance(now, dict) else now == before
