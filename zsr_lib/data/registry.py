"""What a data set is, what it must be able to do, and the table of those that exist."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError, UnknownNameError

# Adding a data set = one module in zsr_lib/data/sets with a SOURCE, and one row here.
SOURCES = {
    "generated": "zsr_lib.data.sets.generated",
    "ucmerced": "zsr_lib.data.sets.ucmerced",
    "eoc": "zsr_lib.data.sets.earth_on_canvas",
    "sketchy": "zsr_lib.data.sets.sketchy",
    "tuberlin": "zsr_lib.data.sets.tuberlin",
    "sen12": "zsr_lib.data.sets.sen12",
    "pan_ms": "zsr_lib.data.sets.pan_ms",
    "generated_heights": "zsr_lib.data.sets.generated_heights",
    "generated_bands": "zsr_lib.data.sets.generated_bands",
    "voc": "zsr_lib.data.sets.voc",
    "ucm_text_speech": "zsr_lib.data.sets.ucm_text_speech",
    "generated_text": "zsr_lib.data.sets.generated_text",
    "ucm_words": "zsr_lib.data.sets.ucm_words",
    "sketchy_named": "zsr_lib.data.sets.sketchy_named",
}

OWN = "folder:"
"""How a name starts that is somebody's own folder: ``folder:DIR``."""


@dataclass(frozen=True)
class Archive:
    """An official archive: file name, MD5 as published, size in bytes, addresses in the order to try."""

    filename: str
    md5: str
    size_bytes: int
    urls: tuple[str, ...]


@dataclass(frozen=True)
class DatasetInfo:
    """What is known about a data set without having it.

    Attributes:
        name: What one types.
        title: What one reads.
        classes: All class names, in label order.
        expected: Modality → number of items of the complete set.
        terms: Licence or terms of use.
        citation: Authors, title and venue to cite.
        page: Official web page.
        login: Whether the page asks for an account before it gives the files.
        archive: The official archive that can be downloaded without an account, if there is one.
        folders: Modality → folders below a data root that are looked at, in this order.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    expected: Mapping[str, int]
    terms: str
    citation: str
    page: str
    login: bool = False
    archive: Archive | None = None
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def modalities(self) -> tuple[str, ...]:
        """Names of the modalities, photos first."""
        return tuple(self.expected)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set that is here, decoded.

    Attributes:
        name: As in `SOURCES`.
        classes: Class names in label order; the same tuple in all item sets.
        items: Modality → items, photos first.
        checksum: SHA-256 over the item ids and the files' checksums (or recipes and parameters); it does not
            depend on the decoded size.
        notes: What a reader of a number should know (missing classes, skipped files).
    """

    name: str
    classes: tuple[str, ...]
    items: Mapping[str, ItemSet]
    checksum: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for modality, items in self.items.items():
            if (items.modality, items.classes) != (modality, self.classes):
                raise BadInputError(
                    f"{modality} items of '{self.name}' are of modality {items.modality}, or have other classes.",
                    "give {modality: items of that modality}, all with the data set's tuple of classes.",
                )

    def of(self, modality: str) -> ItemSet:
        """The items of one modality.

        Raises:
            BadInputError: The data set has none; names those that it has.
        """
        if modality not in self.items:
            raise BadInputError(
                f"data set '{self.name}' has no {modality} items.", f"it has {' and '.join(self.items)} items."
            )
        return self.items[modality]

    def only(self, modalities: Sequence[str]) -> "Dataset":
        """The same data set without its other modalities; all of them if none is named.

        Raises:
            BadInputError: It has no such items.
        """
        return replace(self, items={name: self.of(name) for name in modalities}) if modalities else self

    @property
    def photos(self) -> ItemSet:
        """The photos."""
        return self.of("photo")

    @property
    def sketches(self) -> ItemSet | None:
        """The sketches, or None where the data set has none."""
        return self.items.get("sketch")


@dataclass(frozen=True)
class Survey:
    """A data set as it lies on this machine, not decoded.

    Attributes:
        found: Modality → the folder it is read from (empty where nothing is read).
        counts: Modality → number of items of each class, in class order.
        checksum: As in `Dataset`.
        notes: As in `Dataset`.
    """

    found: Mapping[str, Path]
    counts: Mapping[str, tuple[int, ...]]
    checksum: str
    notes: tuple[str, ...] = ()


class Source(Protocol):
    """One data set: how it is found, obtained, surveyed and loaded."""

    info: DatasetInfo

    def find(self, root: Path | None) -> Mapping[str, Path]:
        """Modality → folder; raises DataNotFoundError with what to do."""

    def obtain(self, path: Path | None, root: Path | None, progress: bool) -> None:
        """Makes the data findable: from `path` (folder or zip), else by download where that is possible."""

    def survey(self, root: Path | None, progress: bool) -> Survey:
        """Counts and checksums of what is here."""

    def load(self, size: int, root: Path | None, progress: bool, **options: object) -> Dataset:
        """Decoded items, from the store."""


def get_source(name: str) -> Source:
    """The data set called `name`, or ``folder:DIR``.

    Raises:
        UnknownNameError: There is none; names the nearest.
        ZsrError: The folder is not there, or not what `zsr_lib.data.own_folder` reads.
    """
    if name.startswith(OWN):
        return importlib.import_module("zsr_lib.data.own_folder").own_folder(name)
    if name not in SOURCES:
        raise UnknownNameError("data set", name, SOURCES)
    return importlib.import_module(SOURCES[name]).SOURCE
