"""Data sets that lie in class folders: everything but their names, classes and terms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from zsr_lib.data.acquire import acquire, discard
from zsr_lib.data.checksums import combined, file_checksums
from zsr_lib.data.decoded import DecodeJob, decode_files
from zsr_lib.data.items import ItemSet
from zsr_lib.data.listing import ImageFiles, list_images, merged
from zsr_lib.data.locate import Part, adopt, find_parts, search
from zsr_lib.data.registry import Dataset, DatasetInfo, Survey
from zsr_lib.data.store import Stored
from zsr_lib.errors import BadInputError, DataNotFoundError


@dataclass(frozen=True)
class FolderSource:
    """A data set of class folders.

    Attributes:
        info: What is known about it.
        parts: Where its modalities lie, photos first.
        first_is_whole: Whether items of a class without any of the first modality are a mistake.
        partners: Modality → another modality, and id → id of the partner in that one, where ids say so.
    """

    info: DatasetInfo
    parts: tuple[Part, ...]
    first_is_whole: bool = True
    partners: Mapping[str, tuple[str, Callable[[str], str]]] = field(default_factory=dict)

    def find(self, root: Path | None) -> dict[str, Path]:
        """What is read → folder whose subfolders are the classes: one or, where others stand in, several a modality.

        Raises:
            DataNotFoundError: A part is not on this machine; says what to do.
        """
        return self._named(self.found(root))

    def found(self, root: Path | None) -> list[tuple[Part, Path]]:
        """The parts that are used, each with its folder.

        Raises:
            DataNotFoundError: A part is not on this machine; says what to do.
        """
        return find_parts(self.parts, root)

    def obtain(self, path: Path | None, root: Path | None, progress: bool) -> None:
        """Makes the data findable: remembers the folder `path`, unpacks the zip `path`, or downloads.

        Raises:
            DataNotFoundError: Nothing was named, and a login is needed; or `path` holds no class folders.
            BadFileError: A class folder of `path` is empty or ambiguous; then what was known before stays known.
            UnknownNameError: `path` holds a folder that is no class.
        """
        own = [part for part in self.parts if part.owner is self.info and not part.stands_in]
        if path is None:
            try:
                self.find(root)
                return
            except DataNotFoundError as error:
                if (base := acquire(self.info, None, root, progress)) is None:
                    raise error
        else:
            base = acquire(self.info, path.expanduser().resolve(), root, progress)
        try:
            for part in own:  # what cannot be listed must not take the place of what was prepared before
                if (folder := search(part, base)) is not None:
                    list_images(folder, part.owner.classes, self.info.classes, part.sparse)
            adopt(self.info, own, base, named=path)
        except DataNotFoundError:
            discard(base)
            raise

    def survey(self, root: Path | None, progress: bool) -> Survey:
        """Counts and checksums of the files that are here; nothing is decoded."""
        found = self.found(root)
        files = self._listed(found)
        lines = [
            line
            for name, listed in files.items()
            for line in _lines(name, listed.ids, file_checksums(listed.paths, progress))
        ]
        counts = {name: listed.counts(self.info.classes) for name, listed in files.items()}
        return Survey(self._named(found), counts, combined(lines), self._notes(counts, found))

    def load(self, size: int, root: Path | None, progress: bool, *, skip_bad: bool = False) -> Dataset:
        """Decoded items from the store, which is built on first use.

        Raises:
            BadFileError: Files cannot be decoded and `skip_bad` is off.
        """
        found = self.found(root)
        files = self._listed(found)
        stores = {
            name: decode_files(
                DecodeJob(
                    self.info.name,
                    name,
                    listed,
                    file_checksums(listed.paths, progress),
                    size,
                    skip_bad,
                    progress,
                )
            )
            for name, listed in files.items()
        }
        origins = {part.modality: part.origin for part, _ in found}
        items = {name: self._items(name, origins[name], files[name], stores[name]) for name in files}
        lines = [
            line
            for name, stored in stores.items()
            for line in _lines(name, stored.manifest["ids"], stored.manifest["sha256"])
        ]
        counts = {name: np.bincount(each.labels, minlength=len(self.info.classes)) for name, each in items.items()}
        skipped = tuple(
            f"skipped: {reason}" for stored in stores.values() for reason in stored.manifest["skipped"].values()
        )
        return Dataset(
            self.info.name,
            self.info.classes,
            {name: self._paired(name, items) for name in items},
            combined(lines),
            self._notes(counts, found) + skipped,
        )

    def _named(self, found: Sequence[tuple[Part, Path]]) -> dict[str, Path]:
        """Folders by what a person calls them; a stand-in from elsewhere is told by whose it is."""
        return {
            part.key if part.owner is self.info or not part.stands_in else f"{part.key}-{part.owner.name}": folder
            for part, folder in found
        }

    def _listed(self, found: Sequence[tuple[Part, Path]]) -> dict[str, ImageFiles]:
        lists: dict[str, list[ImageFiles]] = {}
        for part, folder in found:
            listed = list_images(folder, part.owner.classes, self.info.classes, part.sparse)
            lists.setdefault(part.modality, []).append(listed)
        files = {modality: merged(each) if len(each) > 1 else each[0] for modality, each in lists.items()}
        if self.first_is_whole:
            self._check_first(files, self._named(found))
        return files

    def _check_first(self, files: Mapping[str, ImageFiles], folders: Mapping[str, Path]) -> None:
        first = self.parts[0].modality
        for name, listed in files.items():
            if lone := sorted({self.info.classes[label] for label in set(listed.labels) - set(files[first].labels)}):
                raise BadInputError(
                    f"{folders[name]} has {name} files of {', '.join(lone)}, "
                    f"but there are no {first}s of that in {folders[first]}.",
                    f"add the {first}s' class folder, or move these files away.",
                )

    def _items(self, modality: str, origin: str, files: ImageFiles, stored: Stored) -> ItemSet:
        return ItemSet(
            np.asarray(stored.manifest["ids"]),
            np.asarray(files.labels, dtype=np.int64)[stored.manifest["rows"]],
            self.info.classes,
            modality,
            origin,
            pixels=stored.array("pixels"),
        )

    def _paired(self, modality: str, items: Mapping[str, ItemSet]) -> ItemSet:
        """The items of one modality, each with the id of its partner where that is known and here."""
        own = items[modality]
        if modality not in self.partners:
            return own
        other, partner = self.partners[modality]
        here = set(items[other].ids.tolist())
        partners = [partner(name) for name in own.ids.tolist()]
        return replace(own, pairs=np.array([name if name in here else "" for name in partners], dtype=np.str_))

    def _notes(self, counts: Mapping[str, Sequence[int]], found: Sequence[tuple[Part, Path]]) -> tuple[str, ...]:
        notes = [part.note for part, _ in found if part.note]
        for name, by_class in counts.items():
            without = [each for each, count in zip(self.info.classes, by_class, strict=True) if not count]
            if without:
                notes.append(f"no {name} of: {', '.join(without)}")
            if (total := int(sum(by_class))) != self.info.expected[name]:
                notes.append(f"{total} of the complete set's {self.info.expected[name]} items of modality {name}")
        return tuple(notes)


def _lines(modality: str, ids: Sequence[str], checksums: Sequence[str]) -> list[str]:
    return [f"{modality} {name} {checksum}" for name, checksum in zip(ids, checksums, strict=True)]
