"""What the generated classes have in common: a table of classes and attributes, in ``attributes.csv``.

The values say whether a person would name the attribute of a typical scene: 1 yes, 0.5 sometimes or in part, 0 no.
They were set by hand from the recipes, before any system was trained on the scenes.
"""

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

from zsr_lib.errors import UnknownNameError


@cache
def _table() -> list[dict[str, str]]:
    with (Path(__file__).parent / "attributes.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def attribute_names() -> tuple[str, ...]:
    """Names of the A attributes, in the order of the matrix's columns."""
    return tuple(row["attribute"] for row in _table())


def attribute_meanings() -> dict[str, str]:
    """One line for each attribute: what has to be there for the value 1."""
    return {row["attribute"]: row["meaning"] for row in _table()}


def attribute_matrix(classes: Iterable[str]) -> np.ndarray:
    """The attributes of `classes`.

    Args:
        classes: Names of generated classes.

    Returns:
        (C, A) float32 with values 0, 0.5 and 1; row i belongs to the i-th name.

    Raises:
        UnknownNameError: A class that has no row in the table.
    """
    known = [column for column in _table()[0] if column not in ("attribute", "meaning")]
    wanted = list(classes)
    for name in wanted:
        if name not in known:
            raise UnknownNameError("class with attributes", name, known)
    return np.array([[float(row[name]) for row in _table()] for name in wanted], np.float32).reshape(
        len(wanted), len(_table())
    )
