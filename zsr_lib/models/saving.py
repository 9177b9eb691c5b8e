"""Fitted systems on disk: tensors as safetensors, everything else as JSON, never pickle."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zsr_lib.configs import plain
from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.files import atomic_path, sha256_of, write_text
from zsr_lib.models.method import Method
from zsr_lib.models.registry import create

TENSORS, DESCRIPTION = "model.safetensors", "model.json"
BACKBONE = "backbone"
"""A folder beside these two; files in it are taken for backbones' weights, wherever the description says they are."""
FORMAT = 2


def save(method: Method, folder: Path) -> None:
    """Writes a fitted system to `folder`; the description, which names the tensors' checksum, comes last.

    Raises:
        BadInputError: The system was not made by `create`, so that nobody could load it by name.
        ZsrError: The disk is full, or the folder cannot be written.
    """
    from safetensors.torch import save_file

    if not method.name:
        raise BadInputError(f"{type(method).__name__} has no registered name.", "make it with create(name).")
    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in method.state_dict().items()}
    with atomic_path(folder / TENSORS) as temporary:
        save_file(tensors, temporary)
    description = {
        "format": FORMAT,
        "method": method.name,
        "config": plain(method.config),
        "distance": method.distance,
        "about": method.about(),
        "sha256": sha256_of(folder / TENSORS),
    }
    write_text(folder / DESCRIPTION, json.dumps(description, indent=1, ensure_ascii=False) + "\n")


def load(folder: Path, device: str = "cpu") -> Method:
    """A fitted system as `save` wrote it; its codes are the same.

    Pretrained weights of a backbone are not saved with it: they are looked for where the configuration says, unless
    somebody has put them into the folder's `BACKBONE`.

    Args:
        folder: Where it was saved.
        device: Where it embeds.

    Raises:
        BadFileError: The folder holds no saved system, a damaged one, or one of a newer format.
        UnknownNameError: The system or an option of it does not exist in this version.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    description = _description(folder / DESCRIPTION)
    tensors = folder / TENSORS
    if not tensors.is_file() or sha256_of(tensors) != description["sha256"]:
        raise BadFileError(f"{tensors} is missing or is not what was saved.", "save the system again.")
    kept = {path.stem: str(path) for path in (folder / BACKBONE).glob("[!.]*")}
    for features in features_in(description["config"]):
        features["weights"] = kept.get(kept_name(features), features["weights"])
    method = create(description["method"], description["config"])
    try:
        method.restore(load_file(tensors), description["about"])
    except (SafetensorError, KeyError, RuntimeError) as error:
        raise BadFileError(
            f"{folder} does not hold a complete '{description['method']}' ({error}).", "train it again with zsr run."
        ) from error
    method.to(device)
    return method


def features_in(config: Any) -> Iterator[dict[str, Any]]:
    """Every plain `zsr_lib.features.config.FeaturesConfig` in a plain configuration, those of a system's parts, too."""
    if isinstance(config, Mapping):
        if {"backbone", "weights", "rotations"} <= config.keys():
            yield config
        for value in config.values():
            yield from features_in(value)


def kept_name(features: Mapping[str, Any]) -> str:
    """What the file in `BACKBONE` with these features' weights is called, without its ending."""
    return f"{features['backbone']}-{Path(features['weights']).stem}"


def _description(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        version = found["format"]
        complete = {"method", "config", "about", "sha256"} <= found.keys()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadFileError(f"{path} is no saved system ({error}).", "name a folder that zsr run made.") from error
    if version != FORMAT or not complete:
        raise BadFileError(
            f"{path} has format {version}; this version reads {FORMAT}.", "update zsr_lib, or train the system again."
        )
    return found
