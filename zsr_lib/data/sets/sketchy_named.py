"""Sketchy whose items bring the name of their class along, as a sentence: for protocols that tell the class.

Looking for one photo among those of a known class (DP-CLIP's fine-grained protocol) a system may read the name. Here it
is part of what an item shows; a system that reads none has the same numbers on ``sketchy``.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zsr_lib.data.folder_source import FolderSource
from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset
from zsr_lib.data.sets import sketchy


def in_words(name: str) -> str:
    """A class's name as one writes it.

    >>> in_words("car_(sedan)"), in_words("hot-air_balloon")
    ('car (sedan)', 'hot-air balloon')
    """
    return name.replace("_", " ")


@dataclass(frozen=True)
class NamedSource(FolderSource):
    """Sketchy's files, found and decoded as Sketchy's are."""

    def load(self, size: int, root: Path | None, progress: bool, *, skip_bad: bool = False) -> Dataset:
        """Items with their class's name as `sentences`."""
        made = super().load(size, root, progress, skip_bad=skip_bad)
        return replace(made, items={name: _named(items) for name, items in made.items.items()})


def _named(items: ItemSet) -> ItemSet:
    return replace(items, sentences=np.array([in_words(name) for name in items.class_names.tolist()]))


INFO = replace(sketchy.INFO, name="sketchy_named", title="Sketchy with the names of its classes")
SOURCE = NamedSource(INFO, sketchy.SOURCE.parts, partners=sketchy.SOURCE.partners)
