"""Data sets that lie in class folders: everything but their names, classes and terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zsr_lib.data.acquire import acquire, discard
from zsr_lib.data.checksums import combined, file_checksums
from zsr_lib.data.decoded import DecodeJob, decode_files
from zsr_lib.data.items import ItemSet
from zsr_lib.data.listing import ImageFiles, list_images
from zsr_lib.data.locate import Part, adopt, find_part, search
from zsr_lib.data.registry import Dataset, DatasetInfo, Survey
from zsr_lib.data.store import Stored
from zsr_lib.errors import BadInputError, DataNotFoundError


@dataclass(frozen=True)
class FolderSource:
    """A data set of class folders, one `Part` per modality, photos first."""

    info: DatasetInfo
    parts: tuple[Part, ...]

    def find(self, root: Path | None) -> dict[str, Path]:
        """Modality → folder whose subfolders are the classes.

        Raises:
            DataNotFoundError: A part is not on this machine; says what to do.
        """
        return {part.modality: find_part(part, root) for part in self.parts}

    def obtain(self, path: Path | None, root: Path | None, progress: bool) -> None:
        """Makes the data findable: remembers the folder `path`, unpacks the zip `path`, or downloads.

        Raises:
            DataNotFoundError: Nothing was named, and a login is needed; or `path` holds no class folders.
            BadFileError: A class folder of `path` is empty or ambiguous; then what was known before stays known.
            UnknownNameError: `path` holds a folder that is no class.
        """
        own = [part for part in self.parts if part.owner is self.info]
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
        found = self.find(root)
        files = self._listed(found)
        lines = [
            line
            for name, listed in files.items()
            for line in _lines(name, listed.ids, file_checksums(listed.paths, progress))
        ]
        counts = {name: listed.counts(self.info.classes) for name, listed in files.items()}
        return Survey(found, counts, combined(lines), self._notes(counts))

    def load(self, size: int, root: Path | None, progress: bool, *, skip_bad: bool = False) -> Dataset:
        """Decoded items from the store, which is built on first use.

        Raises:
            BadFileError: Files cannot be decoded and `skip_bad` is off.
        """
        files = self._listed(self.find(root))
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
        items = {part.modality: self._items(part, files[part.modality], stores[part.modality]) for part in self.parts}
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
            items["photo"],
            items.get("sketch"),
            combined(lines),
            self._notes(counts) + skipped,
        )

    def _listed(self, found: Mapping[str, Path]) -> dict[str, ImageFiles]:
        files = {
            part.modality: list_images(found[part.modality], part.owner.classes, self.info.classes, part.sparse)
            for part in self.parts
        }
        with_photos = set(files["photo"].labels)
        for name, listed in files.items():
            if lone := sorted({self.info.classes[label] for label in set(listed.labels) - with_photos}):
                raise BadInputError(
                    f"{found[name]} has {name} files of {', '.join(lone)}, "
                    f"but there are no photos of that in {found['photo']}.",
                    "add the photos' class folder, or move these files away.",
                )
        return files

    def _items(self, part: Part, files: ImageFiles, stored: Stored) -> ItemSet:
        rows = stored.manifest["rows"]
        return ItemSet(
            np.asarray(stored.manifest["ids"]),
            np.asarray(files.labels, dtype=np.int64)[rows],
            self.info.classes,
            part.modality,
            part.origin,
            pixels=stored.array("pixels"),
        )

    def _notes(self, counts: Mapping[str, Sequence[int]]) -> tuple[str, ...]:
        notes = []
        for name, by_class in counts.items():
            without = [each for each, count in zip(self.info.classes, by_class, strict=True) if not count]
            if without:
                notes.append(f"no {name} of: {', '.join(without)}")
            if (total := int(sum(by_class))) != self.info.expected[name]:
                notes.append(f"{total} of the complete set's {self.info.expected[name]} items of modality {name}")
        return tuple(notes)


def _lines(modality: str, ids: Sequence[str], checksums: Sequence[str]) -> list[str]:
    return [f"{modality} {name} {checksum}" for name, checksum in zip(ids, checksums, strict=True)]
