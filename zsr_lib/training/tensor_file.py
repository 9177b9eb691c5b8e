"""Tensors and JSON in one safetensors file, so that there is no moment between two files, with a checksum of both."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from zsr_lib.files import atomic_path

KEY = "zsr"
"""One entry of metadata for all: safetensors writes several in random order, and equal runs give equal files."""


def write_tensors(path: Path, tensors: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
    """Writes tensors of any device and what JSON can say about them, whole or not at all.

    Raises:
        ZsrError: The disk is full, or the folder cannot be written.
    """
    from safetensors.torch import save_file

    # Clones, because safetensors refuses tensors that share memory.
    owned = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
    text = json.dumps(about)
    with atomic_path(path) as temporary:
        save_file(owned, temporary, metadata={KEY: f"{_digest(owned, text)} {text}"})


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What `write_tensors` wrote, on the CPU.

    Raises:
        ValueError: The file is not what was written, or is no such file.
        OSError: It cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            checksum, _, text = (file.metadata() or {}).get(KEY, "").partition(" ")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    if checksum != _digest(tensors, text):
        raise ValueError("its checksum is wrong")
    return tensors, json.loads(text)


def _digest(tensors: Mapping[str, Tensor], text: str) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        value = tensors[name]
        digest.update(f"\n{name} {value.dtype} {tuple(value.shape)}\n".encode())
        digest.update(value.reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()
