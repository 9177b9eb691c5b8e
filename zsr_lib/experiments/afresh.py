"""``zsr run --strict``: codes made once more by a fresh process that has the saved system, the items, and nothing else.

No labels, no ids and no task are there to be found, and nothing that `fit` left in this process's memory.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from zsr_lib import settings
from zsr_lib.data.items import PAYLOADS, ItemSet
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.plugins import load_plugin, loaded_plugins
from zsr_lib.experiments.probes import agree
from zsr_lib.models import registry

MOST = 512
"""Items of each modality that are asked for, drawn without a seed; half of them, where these are more: who makes codes
of all items together makes others of a part."""
_FIELDS = ("modality", "origin", "feature_key")


def check_afresh(name: str, model: Path, items: Mapping[str, ItemSet], codes: Mapping[str, np.ndarray]) -> None:
    """Has codes of items made in a fresh process and compares them with those that are scored.

    Args:
        name: Of the registered system.
        model: Where it is saved.
        items: Modality → items.
        codes: Modality → (N, D) codes of them.

    Raises:
        LeakError: They are others, or the fresh process cannot make them.
    """
    random = np.random.default_rng()
    rows = {
        modality: random.permutation(len(each))[: min(MOST, -(-len(each) // 2))] for modality, each in items.items()
    }
    with tempfile.TemporaryDirectory(prefix="zsr-afresh-") as folder:
        for modality, each in items.items():
            _write(each.take(rows[modality]), Path(folder) / f"{modality}.npz")
        _make(name, model, Path(folder))
        for modality in items:
            made = np.load(Path(folder) / f"{modality}.npy", allow_pickle=False)
            if not agree(made, codes[modality][rows[modality]]):
                raise LeakError(
                    f"'{name}' gives other codes of {modality} items in a fresh process.",
                    "let state() and about() hold all that fit(task) made, and keep nothing beside them.",
                )


def _write(items: ItemSet, path: Path) -> None:
    arrays = {key: np.array(rows) for key in PAYLOADS if (rows := getattr(items, key)) is not None}
    told = {key: np.array(getattr(items, key)) for key in _FIELDS} | {"bands": np.array(items.bands, dtype=str)}
    np.savez(path, allow_pickle=False, **arrays, **told)


def _read(path: Path) -> ItemSet:
    with np.load(path, allow_pickle=False) as found:
        given = {key: found[key] for key in found.files}
    told = {key: str(given.pop(key)) for key in _FIELDS} | {"bands": tuple(given.pop("bands").tolist())}
    count = len(next(iter(given.values())))
    return ItemSet(np.arange(count).astype(str), np.zeros(count, np.int64), ("",), **told, **given)


def _make(name: str, model: Path, folder: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "ZSR_DATA"}
    if weights := settings.weight_files():
        environment["ZSR_WEIGHTS"] = str(weights[0].parent)
    what = (name, registry.METHODS[name], str(model.resolve()), str(folder), *loaded_plugins())
    command = [sys.executable, "-m", "zsr_lib.experiments.afresh", *what]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise LeakError(
            f"'{name}' cannot embed in a fresh process: {reason}.",
            "let it be imported by name, or from the file of a plugin.",
        )


def main(name: str, spelled: str, model: str, folder: str, *plugins: str) -> None:
    """What the fresh process does: loads the system, embeds ``<modality>.npz``, writes ``<modality>.npy``."""
    from zsr_lib.data.closing import closed_datasets
    from zsr_lib.experiments.blind import blind
    from zsr_lib.models.saving import load
    from zsr_lib.training.reproducible import pinned

    for plugin in plugins:
        load_plugin(plugin)
    registry.METHODS.setdefault(name, spelled)
    with pinned(), closed_datasets():
        method = load(Path(model))
        for path in sorted(Path(folder).glob("*.npz")):
            np.save(path.with_suffix(".npy"), np.array(method.embed(blind(_read(path)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
