"""Named tasks: what anyone's codes can be handed in for (`zsr submit`). Data set, split, metrics, and which items.

The checksums of the items' ids and classes are facts of the data sets: with them codes can be scored again where the
data themselves are not.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
import yaml

from zsr_lib.configs import build
from zsr_lib.errors import UnknownNameError
from zsr_lib.experiments.config import DataConfig

METRICS = (
    "AP@all/std", "AP@200/std/rel_in_k", "AP@200/std/min_r_k", "AP@200/std/k", "AP@200/std/r", "AP@200/voc/min_r_k",
    "P@100/k", "P@25/k", "R-precision",
)  # fmt: skip
"""With the five meanings that "mAP@200" has in released code."""


@dataclass(frozen=True)
class NamedTask:
    """One task; its name is its split's.

    Attributes:
        data: What it is made from.
        items: Modality → checksum of the test items, as `checksum_of_items` gives it.
        metrics: Full names.
    """

    data: DataConfig
    items: dict[str, str]
    metrics: tuple[str, ...] = field(default=METRICS)

    def metrics_of(self, distance: str) -> tuple[str, ...]:
        """The metrics for codes compared by `distance`: among many equal ones no precision can be interpolated."""
        return tuple(name for name in self.metrics if distance != "hamming" or "/voc" not in name)


@cache
def named_tasks() -> dict[str, NamedTask]:
    """All tasks by name, in the order of ``named_tasks.yaml``."""
    listed = yaml.safe_load(files(__package__).joinpath("named_tasks.yaml").read_text(encoding="utf-8"))
    return {name: build(NamedTask, values, f"task {name}") for name, values in listed.items()}


def named_task(name: str) -> NamedTask:
    """The task called `name`.

    Raises:
        UnknownNameError: There is none; names the nearest.
    """
    if name not in named_tasks():
        raise UnknownNameError("task", name, named_tasks())
    return named_tasks()[name]


def checksum_of_items(ids: Iterable[str], classes: Iterable[str]) -> str:
    """SHA-256 of who is who, whatever the order."""
    lines = sorted(f"{name}\0{label}\n" for name, label in zip(map(str, ids), map(str, classes), strict=True))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def order_of(ids: np.ndarray) -> np.ndarray:
    """(N,) rows in the order of their ids, in which codes are scored and kept."""
    return np.argsort(ids.astype(str), kind="stable")
