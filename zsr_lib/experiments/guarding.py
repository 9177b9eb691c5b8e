"""What code of a system does while it is fitted or embeds: reaches for data files, its callers, other processes.

Python tells such things to a hook (PEP 578), which is asked here. It hears what Python code does; a library that opens
files in C (safetensors, HDF5, GDAL) it does not hear, nor who walks frames from a traceback. It is a watch, not a wall:
code that runs in this process and wants to hide can.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from zsr_lib import settings
from zsr_lib.data.closing import closed_datasets
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.unchanged import INSTALLED, LIBRARY, check_unchanged, from_outside, snapshot

_PASSED_OVER = ("inspect", "traceback")
_BOUNDARY = "zsr_lib.experiments."
_TRUSTED = ("zsr_lib.features.", "zsr_lib.models.", "zsr_lib.training.", "zsr_lib.data.semantics")
"""Rooms whose files systems may have read for them: features, weights, checkpoints, class vectors …"""
_CACHE = "zsr_lib.features.cache"
"""… but not the cache itself, which gives anything to who calls it."""

_LOOKS_AROUND = {
    "sys._getframe": "looks into its callers",
    "sys._current_frames": "looks into its callers",
    "gc.get_objects": "asks for all objects of this process",
    "gc.get_referrers": "asks for all objects of this process",
    "gc.get_referents": "asks for all objects of this process",
}
_GOES_AWAY = {
    **dict.fromkeys(("subprocess.Popen", "os.system", "os.fork", "os.forkpty"), "starts another process"),
    **dict.fromkeys(("os.posix_spawn", "os.spawn", "os.exec"), "starts another process"),
    **dict.fromkeys(("sys.settrace", "sys.setprofile"), "traces this process"),
    "sys.addaudithook": "listens to this process",
    "socket.connect": "asks the network",
}
_HEARD = frozenset({"open", *_LOOKS_AROUND, *_GOES_AWAY})


class Guard:
    """What was heard while one was in force.

    Attributes:
        attempts: The errors that were raised, in order; a system may have swallowed them.
        opened: Names of other files that code from outside of the library opened.
    """

    def __init__(self, name: str, own: Path | None) -> None:
        self.name, self.attempts, self.opened = name, [], set[str]()
        self._own = str(own.resolve()) + os.sep if own else None
        closed = (settings.data_root(), settings.cache_root())
        self._closed = tuple(str(each.resolve()) + os.sep for each in closed if each)
        self._weights = {str(path.resolve()) for path in settings.weight_files()}

    def hear(self, event: str, arguments: tuple[Any, ...], frame: FrameType | None) -> None:
        """Refuses what is not allowed, and notes what is.

        Raises:
            LeakError: Names who does what.
        """
        if event == "open":
            self._file(arguments[0], frame)
        elif event in _LOOKS_AROUND:
            if frame is not None and _from_outside(frame := _asking(frame)):
                raise self._refusal(frame, _LOOKS_AROUND[event])
        elif (frame := _outside(frame, _TRUSTED)) is not None:
            raise self._refusal(frame, _GOES_AWAY[event])

    def _file(self, name: Any, frame: FrameType | None) -> None:
        if not isinstance(name, str | bytes | os.PathLike) or _outside(frame) is None:
            return
        path = os.path.realpath(os.fsdecode(name))
        if path.startswith(self._closed) and path not in self._weights:
            if (frame := _outside(frame, _TRUSTED)) is not None:
                raise self._refusal(frame, f"opens {os.path.basename(path)} of a data set")
        elif not path.startswith((LIBRARY, *INSTALLED, self._own or LIBRARY)) and not _is_shown(path, frame):
            self.opened.add(os.path.basename(path))  # also what the library read for it, such as another run's system

    def _refusal(self, frame: FrameType, what: str) -> LeakError:
        code = frame.f_code
        where = f"{code.co_qualname} ({os.path.basename(code.co_filename)}, line {frame.f_lineno})"
        error = LeakError(
            f"{where} {what} for '{self.name}', which is not a system's affair.",
            "work on what fit(task) and embed(items) are given; pretrained weights belong into ZSR_WEIGHTS.",
        )
        self.attempts.append(error)
        return error


@contextmanager
def guarded(name: str, own: Path | None = None) -> Iterator[Guard]:
    """Watches what code of a system does meanwhile; data sets cannot be loaded (`closed_datasets`).

    Args:
        name: Of the system.
        own: Folder that it may write to.

    Raises:
        LeakError: It reached for what it must not, even if it swallowed the refusal; replaced a function of this
            library, of NumPy or torch, a constant or a setting; or leaves something behind that runs later.
    """
    global _ACTIVE
    _listen()
    guard, before = Guard(name, own), _ACTIVE
    known, _ACTIVE = snapshot(code=before is None), guard  # the outermost compares code for all within
    try:
        with closed_datasets():
            yield guard
    finally:
        removed, _ACTIVE = _ACTIVE is not guard, before
    if guard.attempts:
        raise guard.attempts[0]
    check_unchanged(known, f"'{name}'")
    if removed:
        raise LeakError(f"'{name}' takes its watch away.", "leave the library as it is.")


_ACTIVE: Guard | None = None
_LISTENING = False
_BUSY = threading.local()


def _listen() -> None:
    """Adds the hook, which Python keeps until the process ends."""
    global _LISTENING
    if not _LISTENING:
        sys.addaudithook(_hook)
        _LISTENING = True


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    guard = _ACTIVE
    if guard is None or event not in _HEARD or getattr(_BUSY, "now", False):
        return
    _BUSY.now = True
    try:
        guard.hear(event, arguments, sys._getframe(1))
    finally:
        _BUSY.now = False


def _from_outside(frame: FrameType) -> bool:
    return from_outside(frame.f_code.co_filename)


def _is_shown(path: str, frame: FrameType | None) -> bool:
    """Whether `path` is source code of a caller: whoever notes a stack, as seeding torch does, has Python read it."""
    while frame is not None and os.path.realpath(frame.f_code.co_filename) != path:
        frame = frame.f_back
    return frame is not None


def _asking(frame: FrameType) -> FrameType:
    """The frame that asks; what only asks on behalf of another is passed over."""
    while frame.f_back is not None and frame.f_globals.get("__name__") in _PASSED_OVER:
        frame = frame.f_back
    return frame


def _outside(frame: FrameType | None, trusted: tuple[str, ...] = ()) -> FrameType | None:
    """The nearest frame from outside for which something is done; None where there is none, or trusted rooms do it."""
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith((_BOUNDARY, *trusted)) and module != _CACHE and not _from_outside(frame):
            return None
        if _from_outside(frame):
            return frame
        frame = frame.f_back
    return None
