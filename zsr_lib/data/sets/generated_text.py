"""Generated aerial scenes with two sentences each, made from what the recipe and the picture say; needs no files.

Sentence 0 names the class and the ground; sentence 1 names three of the class's attributes (`attributes.csv`), drawn by
the scene's number, and no class. How bright and how coloured the ground is, is measured on the photo as decoded, so
another size may find another word: the checksum has the size in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zsr_lib.data.checksums import combined
from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset, DatasetInfo, Survey
from zsr_lib.data.scenes.attributes import attribute_matrix, attribute_names
from zsr_lib.data.sets.generated import PER_CLASS, GeneratedSource
from zsr_lib.data.words.asks import ASK, asked_together
from zsr_lib.rng import rng

EACH = 2
STREAM = 17
DARK, BRIGHT = 105, 140
NOUNS = {
    "baseballdiamond": "baseball diamond",
    "buildings": "group of buildings",
    "containeryard": "container yard",
    "golfcourse": "golf course",
    "mobilehomepark": "mobile home park",
    "parkinglot": "parking lot",
    "solarfarm": "solar farm",
    "storagetanks": "group of storage tanks",
    "tenniscourt": "tennis court",
}
"""Classes whose names are no words."""


@dataclass(frozen=True)
class GeneratedTextSource(GeneratedSource):
    """Photos and sketches as in ``generated``, the photos' sentences, and sketch and sentence as one query."""

    @property
    def info(self) -> DatasetInfo:
        """As of the scenes, two sentences a photo, and each sketch with one of them."""
        known = super().info
        photos, sketches = known.expected.values()
        return replace(known, expected={"photo": photos, "text": EACH * photos, "sketch": sketches, ASK: sketches})

    def survey(self, root: Path | None, progress: bool) -> Survey:
        """Counts and checksum of the default set; nothing is drawn."""
        known = super().survey(root, progress)
        counts = {**known.counts, "text": (EACH * PER_CLASS,) * len(self.info.classes), ASK: known.counts["sketch"]}
        return replace(known, counts=counts, checksum=combined([known.checksum, "text"]))

    def load(
        self,
        size: int,
        root: Path | None,
        progress: bool,
        *,
        per_class: int = PER_CLASS,
        seed: int = 0,
        classes: Sequence[str] | None = None,
    ) -> Dataset:
        """Items as `GeneratedSource.load`; sentences name their photo in `pairs`."""
        made = super().load(size, root, progress, per_class=per_class, seed=seed, classes=classes)
        text, sketches = sentences_of(made.photos), made.items["sketch"]
        items = {"photo": made.photos, "text": text, "sketch": sketches, ASK: asked_together(sketches, text)}
        return replace(made, items=items, checksum=combined([made.checksum, f"text of {size} px"]))


def sentences_of(photos: ItemSet) -> ItemSet:
    """Two sentences for each of N generated photos."""
    said = [each for row in range(len(photos)) for each in _said(photos, row)]
    ids = [f"{each}-{k}" for each in photos.ids.tolist() for k in range(EACH)]
    return ItemSet(
        np.array(ids),
        np.repeat(photos.labels, EACH),
        photos.classes,
        "text",
        "recipe",
        sentences=np.array(said),
        pairs=np.repeat(photos.ids, EACH),
    )


def _said(photos: ItemSet, row: int) -> tuple[str, str]:
    name, ground = photos.classes[photos.labels[row]], _ground(np.asarray(photos.pixels[row]))
    sure = np.flatnonzero(attribute_matrix([name])[0] == 1)
    number = int(photos.ids[row].rpartition("/")[2])
    chosen = rng(number, int(photos.labels[row]), STREAM).permutation(sure)[:3]
    first, *rest = (attribute_names()[each] for each in chosen.tolist())
    signs = f"{', '.join([first, *rest[:-1]])} and {rest[-1]}" if rest else first
    article = "An" if name[0] in "aeiou" else "A"
    return f"{article} {NOUNS.get(name, name)} on {ground} ground.", f"Its signs are {signs}; the ground is {ground}."


def _ground(picture: np.ndarray) -> str:
    """Two words for the mean of (H, W, 3) pixels."""
    red, green, blue = picture.reshape(-1, 3).mean(axis=0)
    mean = (red + green + blue) / 3
    light = "dark" if mean < DARK else "bright" if mean > BRIGHT else "medium"
    tone = "green" if green > max(red, blue) + 3 else "brown" if red > blue + 8 else "grey"
    return f"{light} {tone}"


SOURCE = GeneratedTextSource("generated_text", "Generated aerial scenes with sentences")
