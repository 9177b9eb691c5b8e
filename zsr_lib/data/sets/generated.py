"""Generated aerial scenes as a data set: needs no files, no download and no data root."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import PIL
from joblib import Parallel, delayed

from zsr_lib.data.checksums import combined
from zsr_lib.data.generated import checked_classes, generate, recipes_checksum, scene_items
from zsr_lib.data.infrared import RULE
from zsr_lib.data.registry import Dataset, DatasetInfo, Survey
from zsr_lib.data.scenes import class_names
from zsr_lib.data.store import Stored, open_or_build
from zsr_lib.errors import BadInputError
from zsr_lib.progress import progress_bar

PER_CLASS = 100
BLOCK = 20
"""Instances of a class that are drawn and kept together."""
FEW = 64
"""Fewer scenes than this are drawn sooner than processes start."""


@dataclass(frozen=True)
class GeneratedSource:
    """What `zsr_lib.data.generated` draws, kept in the store.

    Attributes:
        name: Of the data set.
        title: What one reads.
        modalities: What is drawn, photos first.
        always_paired: Whether the second modality always shows the photos' own instances.
    """

    name: str = "generated"
    title: str = "Generated aerial scenes"
    modalities: tuple[str, str] = ("photo", "sketch")
    always_paired: bool = False

    @cached_property
    def info(self) -> DatasetInfo:
        """Classes as there are recipes; no terms, no page."""
        classes = class_names()
        return DatasetInfo(
            name=self.name,
            title=self.title,
            classes=classes,
            expected=dict.fromkeys(self.modalities, PER_CLASS * len(classes)),
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
        counts = dict.fromkeys(self.modalities, (PER_CLASS,) * len(self.info.classes))
        return Survey({}, counts, _checksum(PER_CLASS, 0, self.always_paired, self.info.classes, self.modalities))

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
            paired: Draw each sketch of the instance in the photo of the same number; of heights, always.
            classes: Only these classes, in alphabetical order; all when None.
        """
        chosen, modalities, paired = checked_classes(classes), self.modalities, paired or self.always_paired
        checksum = _checksum(per_class, seed, paired, chosen, modalities)

        def build(folder: Path) -> dict[str, Any]:
            """Draws these items into the store."""
            blocks = _blocks(per_class, size, seed, chosen, paired, modalities, progress)
            for modality in modalities:
                pixels = [[block.array(modality) for block in row] for row in blocks]
                joined = np.concatenate([np.concatenate(row)[:per_class] for row in pixels])
                np.save(folder / f"{modality}.npy", joined)
            return {}

        key = combined([checksum, f"{size} px", f"Pillow {PIL.__version__}"])
        stored = open_or_build(f"{self.name}-{size}px", key, build)
        items = {
            modality: scene_items(modality, chosen, range(per_class), stored.array(modality), other if paired else None)
            for modality, other in zip(modalities, reversed(modalities), strict=True)
        }
        return Dataset(self.name, chosen, items, checksum)


def _checksum(per_class: int, seed: int, paired: bool, classes: Sequence[str], modalities: Sequence[str]) -> str:
    how = f"{per_class} per class, seed {seed}, paired {paired}{_what(modalities)}"
    return combined([recipes_checksum(), how, *classes])


def _what(modalities: Sequence[str]) -> str:
    """What is drawn, unless it is the usual."""
    rule = f", infrared {RULE}" if "multispectral" in modalities else ""
    return "" if set(modalities) == {"photo", "sketch"} else f", {' and '.join(modalities)}{rule}"


def _blocks(
    per_class: int,
    size: int,
    seed: int,
    classes: Sequence[str],
    paired: bool,
    modalities: Sequence[str],
    progress: bool,
) -> list[list[Stored]]:
    """The blocks of each class, drawn by all cores where they are new.

    A scene is drawn once for all data sets of the same modalities: instance 7 of a class is the same in all of them.
    """
    starts = range(0, max(per_class, 1), BLOCK)  # generate refuses none
    blocks = [(name, start, min(BLOCK, per_class - start)) for name in classes for start in starts]
    workers = 1 if len(classes) * per_class < FEW else os.cpu_count()
    # joblib's processes also start from notebooks and from scripts without a __main__ guard.
    how = size, seed, paired, modalities
    done = Parallel(workers, return_as="generator")(delayed(_block)(*each, *how) for each in blocks)
    found = list(progress_bar(done, total=len(blocks), desc="drawing scenes", unit=" blocks", show=progress))
    return [found[row : row + len(starts)] for row in range(0, len(found), len(starts))]


def _block(name: str, first: int, count: int, size: int, seed: int, paired: bool, modalities: Sequence[str]) -> Stored:
    """Items `first` … of one class."""

    def build(folder: Path) -> dict[str, Any]:
        """Joins the blocks of all classes in the store."""
        made = generate(count, size, seed, [name], modalities, paired, workers=1, progress=False, first=first)
        for modality, items in made.items():
            np.save(folder / f"{modality}.npy", items.pixels)
        return {}

    how = f"{size} px, seed {seed}, paired {paired}{_what(modalities)}, Pillow {PIL.__version__}"
    return open_or_build(
        f"scenes-{size}px-{name}", combined([recipes_checksum(), f"{name} {first} + {count}, {how}"]), build
    )


SOURCE = GeneratedSource()
