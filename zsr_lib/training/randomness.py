"""Torch's random numbers: made to follow from a text for a while, kept in checkpoints."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor


def seed_of(text: str) -> int:
    """64 bits that follow from a text; texts that differ anywhere give unrelated ones."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


@contextmanager
def random_numbers(text: str, device: torch.device) -> Iterator[None]:
    """A block in which random numbers follow from `text`; afterwards the former ones go on."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed_of(text))
        yield


def random_states(device: torch.device) -> dict[str, Tensor]:
    """The state of the CPU's generator and, if `device` is one of CUDA, of that."""
    states = {"cpu": torch.get_rng_state()}
    return states | ({"cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {})


def restore_random_states(states: Mapping[str, Tensor], device: torch.device) -> None:
    """Takes up what `random_states` gave."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states["cuda"], device)
