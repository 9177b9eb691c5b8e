"""Generated aerial scenes as a data set: needs no files, no download and no data root."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import PIL

from zsr_lib.data.checksums import combined
from zsr_lib.data.generated import generate, recipes_checksum
from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset, DatasetInfo, Survey
from zsr_lib.data.scenes import class_names
from zsr_lib.data.store import open_or_build
from zsr_lib.errors import BadInputError

PER_CLASS = 100
MODALITIES = ("photo", "sketch")


@dataclass(frozen=True)
class GeneratedSource:
    """Photos and sketches that `zsr_lib.data.generated` draws, kept in the store."""

    @cached_property
    def info(self) -> DatasetInfo:
        """Classes as there are recipes; no terms, no page."""
        classes = class_names()
        return DatasetInfo(
            name="generated",
            title="Generated aerial scenes",
            classes=classes,
            expected=dict.fromkeys(MODALITIES, PER_CLASS * len(classes)),
            terms="made by this project, MIT",
            citation="this project's CITATION.cff",
            page="zsr_lib/data/scenes",
        )

    def find(self, root: Path | None) -> dict[str, Path]:
        """Nothing is read, so there is nothing to find."""
        return {}

    def obtain(self, path: Path | None, root: Path | None, progress: bool) -> None:
        """Always here.

        Raises:
            BadInputError: A `path` was named.
        """
        if path is not None:
            raise BadInputError("the generated data set is drawn, not read from files.", "leave out --from.")

    def survey(self, root: Path | None, progress: bool) -> Survey:
        """Counts and checksum of the default set; nothing is drawn."""
        counts = dict.fromkeys(MODALITIES, (PER_CLASS,) * len(self.info.classes))
        return Survey({}, counts, _checksum(PER_CLASS, 0, False, self.info.classes))

    def load(
        self,
        size: int,
        root: Path | None,
        progress: bool,
        *,
        per_class: int = PER_CLASS,
        seed: int = 0,
        paired: bool = False,
        classes: Sequence[str] | None = None,
    ) -> Dataset:
        """Items from the store; drawn first when this size and these options are new.

        Args:
            size: Side in pixels.
            root: Not used.
            progress: Show a bar while drawing.
            per_class: Photos and sketches per class.
            seed: Another seed gives other instances.
            paired: Draw each sketch of the instance in the photo of the same number.
            classes: Only these classes, in alphabetical order; all when None.
        """
        chosen = self.info.classes if classes is None else tuple(sorted(classes))
        checksum = _checksum(per_class, seed, paired, chosen)

        def build(folder: Path) -> dict[str, Any]:
            made = generate(per_class, size, seed, chosen, MODALITIES, paired, progress=progress)
            for modality, items in made.items():
                np.save(folder / f"{modality}.npy", items.pixels)
            return {modality: _without_pixels(items) for modality, items in made.items()}

        key = combined([checksum, f"{size} px", f"Pillow {PIL.__version__}"])
        stored = open_or_build(f"generated-{size}px", key, build)
        photos, sketches = (
            _items(stored.manifest[modality], modality, chosen, stored.array(modality)) for modality in MODALITIES
        )
        return Dataset("generated", chosen, photos, sketches, checksum)


def _checksum(per_class: int, seed: int, paired: bool, classes: Sequence[str]) -> str:
    return combined([recipes_checksum(), f"{per_class} per class, seed {seed}, paired {paired}", *classes])


def _without_pixels(items: ItemSet) -> dict[str, Any]:
    pairs = None if items.pairs is None else items.pairs.tolist()
    return {"ids": items.ids.tolist(), "labels": items.labels.tolist(), "pairs": pairs}


def _items(saved: dict[str, Any], modality: str, classes: tuple[str, ...], pixels: np.ndarray) -> ItemSet:
    labels = np.asarray(saved["labels"], dtype=np.int64)
    items = ItemSet(np.asarray(saved["ids"]), labels, classes, modality, "recipe", pixels)
    return items if saved["pairs"] is None else replace(items, pairs=np.asarray(saved["pairs"]))


SOURCE = GeneratedSource()
