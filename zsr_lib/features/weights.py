"""Weights of backbones: found by name, read without unpickling code, refused when they do not fit."""

import hashlib
import json
import pickle
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path
from typing import Any

import torch
from torch import nn

from zsr_lib.errors import BadFileError, DataNotFoundError, UnknownNameError
from zsr_lib.features.efficientnet_lite import packaged_weights, with_own_names
from zsr_lib.features.torchvision_import import import_torchvision
from zsr_lib.settings import weight_files


@dataclass(frozen=True)
class Weights:
    """Tensors by name, where they come from, and the classes of their training; None when nobody says."""

    state: dict[str, torch.Tensor] = field(repr=False)
    source: str
    classes: tuple[str, ...] | None = field(repr=False, default=None)


@cache
def imagenet_classes() -> tuple[str, ...]:
    """The 1 000 category names of ImageNet-1k, as torchvision lists them.

    Its list is read without the rest, which brings torch's compiler along: a search would wait for that for a second.
    """
    found = find_spec("torchvision")
    listed = Path(found.origin).with_name("models") / "_meta.py" if found else None
    if listed and listed.is_file():
        return tuple(run_path(str(listed))["_IMAGENET_CATEGORIES"])
    return tuple(import_torchvision().models.ResNet18_Weights.IMAGENET1K_V1.meta["categories"])


PACKAGED = {"efficientnet_lite0": packaged_weights}
"""Backbones whose ImageNet weights a pip package brings, and where they lie."""


def imagenet(name: str) -> Weights:
    """ImageNet weights of classifier `name`: a pip package's, or the first that torchvision lists (kept by torch).

    Raises:
        DataNotFoundError: The package is not here, torchvision has none, or they cannot be downloaded.
    """
    if name in PACKAGED:
        return replace(read_weights(PACKAGED[name]()), classes=imagenet_classes())
    models = import_torchvision().models
    if name not in models.list_models(module=models):
        raise DataNotFoundError(f"there are no ImageNet weights for '{name}'.", "use weights: none.")
    chosen = next(iter(models.get_model_weights(name)))
    try:
        state = chosen.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except (OSError, RuntimeError) as error:
        raise DataNotFoundError(
            f"torchvision's weights for '{name}' cannot be downloaded ({error}).",
            f"connect to the network, or put {chosen.url} into a folder, set ZSR_WEIGHTS to it, "
            f"and use weights: {chosen.url.rpartition('/')[2]}.",
        ) from error
    return Weights(state, chosen.url, tuple(chosen.meta["categories"]))


def file_of(backbone: str, name: str) -> Path | None:
    """The file that holds a backbone's weights on this machine; None of those that every machine has, or that are none.

    Args:
        backbone: As in `zsr_lib.features.config.FeaturesConfig`.
        name: Its ``weights``; those that torchvision downloads must have been used once.

    Raises:
        DataNotFoundError: There is no such file.
    """
    if name == "none" or (name == "imagenet" and backbone in PACKAGED):
        return None
    if name == "imagenet":
        url = next(iter(import_torchvision().models.get_model_weights(backbone))).url
        return Path(torch.hub.get_dir(), "checkpoints", url.rpartition("/")[2])
    return find_weights(name)


def find_weights(name: str) -> Path:
    """The file that `name` means: a path, or a file's name among `zsr_lib.settings.weight_files`.

    Raises:
        DataNotFoundError: There is no such file; names those that exist.
    """
    path = Path(name).expanduser()
    if path.is_file():
        return path
    files = {found.name: found for found in weight_files()}
    if name not in files:
        near = UnknownNameError("weights", name, (*files, "none", "imagenet"))
        raise DataNotFoundError(
            f"there is no weights file '{name}'; found: {', '.join(files) or 'none at all'}.",
            f"{near.remedy.rstrip('.')}; weights are looked for in ZSR_WEIGHTS, else in 'weights' beside the data.",
        )
    return files[name]


def read_weights(path: Path) -> Weights:
    """Tensors of a ``.safetensors`` file or of a ``.pth`` file that holds a state dict.

    What they were trained on is taken from the safetensors metadata ``classes`` (a JSON list of names); a file with a
    1 000-way classifier and ``imagenet`` in its name is taken at its word; otherwise nobody knows.

    Raises:
        BadFileError: The file is damaged, or holds something else than named tensors.
    """
    state, metadata = _read_safetensors(path) if path.suffix == ".safetensors" else (_read_torch(path), {})
    state = with_own_names({name.removeprefix("module."): tensor for name, tensor in state.items()})
    if "classes" in metadata:
        classes = tuple(json.loads(metadata["classes"]))
    else:
        last = [tensor for name, tensor in state.items() if name.endswith("weight")][-1:]
        imagenet = "imagenet" in path.name.lower() and last and len(last[0]) == 1000
        classes = imagenet_classes() if imagenet else None
    return Weights(state, str(path), classes)


def checksum(network: nn.Module) -> str:
    """SHA-256, 64 hexadecimal digits, over the names, shapes and values of all weights and buffers."""
    digest = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _read_torch(path: Path) -> dict[str, torch.Tensor]:
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise BadFileError(
            f"{path} holds more than tensors, or is damaged; code in files is never run.",
            "save it as a state dict: torch.save(model.state_dict(), path).",
        ) from error
    except (OSError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise BadFileError(f"{path} cannot be read ({_first_line(error)}).", "get the file again.") from error
    inner = found.get("state_dict", found) if isinstance(found, dict) else found
    if not _is_state(inner):
        raise BadFileError(
            f"{path} is no state dict: it holds {type(inner).__name__}.",
            "save named tensors: torch.save(model.state_dict(), path).",
        )
    return inner


def _read_safetensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as opened:
            return {name: opened.get_tensor(name) for name in opened.keys()}, opened.metadata() or {}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise BadFileError(f"{path} cannot be read ({_first_line(error)}).", "get the file again.") from error


def _is_state(found: Any) -> bool:
    return isinstance(found, dict) and bool(found) and all(isinstance(each, torch.Tensor) for each in found.values())


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
