"""What makes a training the same when it is carried out again: threads, random numbers, no end inside a step."""

import hashlib
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from zsr_lib import settings


@contextmanager
def pinned(threads: int | None = None) -> Iterator[int]:
    """A block that computes with a fixed number of threads and with deterministic algorithms where torch has them.

    Sums over more threads add up in another order, and so to other last digits. Where there is no deterministic
    algorithm (some CUDA kernels), torch warns and goes on.

    Args:
        threads: How many; None takes `zsr_lib.settings.threads`.

    Yields:
        How many.
    """
    count = settings.threads() if threads is None else threads
    before, mode = torch.get_num_threads(), torch.get_deterministic_debug_mode()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read by cuBLAS when it starts
    torch.set_num_threads(count)
    # `use_deterministic_algorithms` does the same and loads torch's compiler for it, which takes seconds.
    torch.set_deterministic_debug_mode("warn")
    try:
        yield count
    finally:
        torch.set_num_threads(before)
        torch.set_deterministic_debug_mode(mode)


def seed_of(text: str) -> int:
    """64 bits that follow from a text; texts that differ anywhere give unrelated ones."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


@contextmanager
def random_numbers(text: str, device: torch.device) -> Iterator[None]:
    """A block in which torch's random numbers follow from `text`; afterwards the former ones go on."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed_of(text))
        yield


@contextmanager
def initial_weights(seed: int) -> Iterator[None]:
    """A block in which networks are built: their uniform weights follow from `seed`, to the bit on every processor.

    torch's ``uniform_`` multiplies and adds with one rounding where there is AVX2 and with two where there is not, and
    weights end 7e-9 apart; hinges make more of that in training. In here there are always two. (Normal ones still end
    in other last digits: torch has several ways to a logarithm.)

    Args:
        seed: Of the CPU's generator, which afterwards is as it was.
    """
    # devices=(): only the CPU's generator is used, and forking CUDA's would start CUDA.
    with torch.random.fork_rng(devices=()), _TwoRoundings():
        torch.manual_seed(seed)
        yield


class _TwoRoundings(TorchDispatchMode):
    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Else torch imports its compiler here, for more than a second: nothing is compiled in such a block."""
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        draw = _scaled if func is torch.ops.aten.uniform_.default else func
        return draw(*args, **kwargs or {})


def _scaled(tensor: Tensor, low: float = 0.0, high: float = 1.0, generator: torch.Generator | None = None) -> Tensor:
    return tensor.uniform_(generator=generator).mul_(high - low).add_(low)


def random_states(device: torch.device) -> dict[str, Tensor]:
    """The state of the CPU's generator and, if `device` is one of CUDA, of that."""
    states = {"cpu": torch.get_rng_state()}
    return states | ({"cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {})


def restore_random_states(states: Mapping[str, Tensor], device: torch.device) -> None:
    """Takes up what `random_states` gave."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states["cuda"], device)


class Interrupt:
    """Whether Ctrl-C was pressed."""

    asked = False


@contextmanager
def deferred_interrupt() -> Iterator[Interrupt]:
    """The first Ctrl-C sets ``asked``, so that a step can end and be kept; the second interrupts at once.

    Only the main thread can do this; elsewhere, and where somebody else handles the signal, nothing is deferred.
    """
    interrupt = Interrupt()
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield interrupt
        return

    def handle(number: int, frame: FrameType | None) -> None:
        """Notes the first Ctrl-C; a second one stops at once."""
        signal.signal(signal.SIGINT, before)
        interrupt.asked = True

    signal.signal(signal.SIGINT, handle)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
