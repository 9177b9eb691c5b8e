"""Chapters executed as on other processors: what a reader's machine computes a little differently.

Libraries choose their kernels by the processor they find. Environment variables make torch, oneDNN, MKL, NumPy and its
OpenBLAS choose as on an older or another maker's one, and sums over other numbers of threads add in another order.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from zsr_lib import settings
from zsr_lib.errors import UnknownNameError

_WIDE = "X86_V4 AVX512_ICL AVX512_SPR"  # NumPy's names for AVX-512
_SSE = {
    "ATEN_CPU_CAPABILITY": "default",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "MKL_CBWR": "COMPATIBLE",
    "NPY_DISABLE_CPU_FEATURES": f"X86_V3 {_WIDE}",
}
_AVX2 = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_CBWR": "AVX2",
    "NPY_DISABLE_CPU_FEATURES": _WIDE,
}
_AVX512 = {"ATEN_CPU_CAPABILITY": "avx512", "ONEDNN_MAX_CPU_ISA": "AVX512_CORE", "MKL_CBWR": "AVX512"}

PROCESSORS: dict[str, dict[str, str]] = {
    "nehalem": _SSE | {"OPENBLAS_CORETYPE": "Nehalem", "ZSR_THREADS": "2"},
    "nehalem-1": _SSE | {"OPENBLAS_CORETYPE": "Nehalem", "ZSR_THREADS": "1"},
    "sandybridge-4": _SSE | {"ONEDNN_MAX_CPU_ISA": "AVX", "OPENBLAS_CORETYPE": "Sandybridge", "ZSR_THREADS": "4"},
    "haswell": _AVX2 | {"OPENBLAS_CORETYPE": "Haswell", "ZSR_THREADS": "2"},
    "haswell-1": _AVX2 | {"OPENBLAS_CORETYPE": "Haswell", "ZSR_THREADS": "1"},
    "zen": _AVX2 | {"MKL_CBWR": "COMPATIBLE", "OPENBLAS_CORETYPE": "Zen", "ZSR_THREADS": "2"},
    "zen-4": _AVX2 | {"MKL_CBWR": "COMPATIBLE", "OPENBLAS_CORETYPE": "Zen", "ZSR_THREADS": "4"},
    "mixed-1": _SSE | {"ONEDNN_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell", "ZSR_THREADS": "1"},
    "skylakex": _AVX512 | {"OPENBLAS_CORETYPE": "SkylakeX", "ZSR_THREADS": "2"},
    "skylakex-4": _AVX512 | {"OPENBLAS_CORETYPE": "SkylakeX", "ZSR_THREADS": "4"},
}
"""Name → environment; the number behind a name is that of threads, two where there is none."""

OLDEST = "nehalem-1"
"""Differs most from today's processors; every x86-64 one can stand in for it."""

PICTURES = ("scenes-*", "generated-*", "*-photo-*px-*", "*-sketch-*px-*")
"""Folders of the store that hold decoded or drawn pictures: whole numbers, the same on every processor."""


def processors() -> tuple[str, ...]:
    """Names of those that this machine can stand in for: the ones with AVX-512 need it."""
    import torch

    wide = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    return tuple(name for name, values in PROCESSORS.items() if wide or values["ATEN_CPU_CAPABILITY"] != "avx512")


@contextmanager
def as_on(name: str, cache: Path) -> Iterator[None]:
    """A block in which kernels start as on another processor, with a cache that holds pictures and nothing computed.

    Args:
        name: One of `processors`.
        cache: A new folder.

    Raises:
        UnknownNameError: No such processor, or not on this machine.
    """
    known = processors()
    if name not in known:
        raise UnknownNameError("processor", name, known)
    _link_pictures(settings.cache_root() / "store", cache / "store")
    with environment(PROCESSORS[name] | {"ZSR_CACHE": str(cache)}):
        yield


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """A block with these environment variables; afterwards they are what they were."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def _link_pictures(store: Path, target: Path) -> None:
    """Links the pictures that are there already: drawing and decoding them again would take most of the time."""
    target.mkdir(parents=True, exist_ok=True)
    for folder in (path for pattern in PICTURES for path in store.glob(pattern) if (path / "manifest.json").is_file()):
        # A .part is still being written, and is renamed at any moment.
        if folder.suffix != ".part" and not (target / folder.name).exists():
            shutil.copytree(folder, target / folder.name, copy_function=_link)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
