"""PASCAL VOC: photos of everyday scenes without a class of their own, for pretext tasks (Everingham et al. 2010).

Read are the photos alone, in the official tree or in a folder of them. Most show several things, so that all lie in the
nameless class: whatever learns from them is called *unlabelled*. They are squeezed to squares, as all pictures here.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zsr_lib.data.checksums import combined, file_checksums
from zsr_lib.data.decoded import DecodeJob, decode_files
from zsr_lib.data.file_source import FileSource
from zsr_lib.data.images import SUFFIXES
from zsr_lib.data.items import ItemSet
from zsr_lib.data.listing import ImageFiles
from zsr_lib.data.registry import Dataset, DatasetInfo, Survey

INFO = DatasetInfo(
    name="voc",
    title="PASCAL VOC photos",
    classes=("",),
    expected={"photo": 17_125},  # VOC2012's JPEGImages
    terms="Flickr's terms of use; see the official page; cite the paper",
    citation="M. Everingham, L. Van Gool, C. K. I. Williams, J. Winn and A. Zisserman, The PASCAL Visual Object "
    "Classes (VOC) Challenge, International Journal of Computer Vision 88(2), 2010",
    page="http://host.robots.ox.ac.uk/pascal/VOC/voc2012/",
    folders={"photo": ("voc/JPEGImages", "VOCdevkit/VOC2012/JPEGImages", "VOC2012/JPEGImages", "voc")},
)


@dataclass(frozen=True)
class VocSource(FileSource):
    """One folder of photos."""

    def survey(self, root: Path | None, progress: bool) -> Survey:
        """Counts and checksum; nothing is decoded."""
        found = self.find(root)
        files = _listed(found["photo"])
        lines = _lines(files.ids, file_checksums(files.paths, progress))
        return Survey(found, {"photo": (len(files),)}, combined(lines), self._notes(len(files)))

    def load(self, size: int, root: Path | None, progress: bool, *, skip_bad: bool = False) -> Dataset:
        """Decoded photos from the store, which is built on first use.

        Raises:
            BadFileError: Files cannot be decoded and `skip_bad` is off.
        """
        files = _listed(self.find(root)["photo"])
        checksums = file_checksums(files.paths, progress)
        stored = decode_files(DecodeJob(INFO.name, "photo", files, checksums, size, skip_bad, progress))
        ids = np.asarray(stored.manifest["ids"])
        labels = np.zeros(len(ids), dtype=np.int64)
        photos = ItemSet(ids, labels, INFO.classes, "photo", "camera", pixels=stored.array("pixels"))
        skipped = tuple(f"skipped: {reason}" for reason in stored.manifest["skipped"].values())
        checksum = combined(_lines(stored.manifest["ids"], stored.manifest["sha256"]))
        return Dataset(INFO.name, INFO.classes, {"photo": photos}, checksum, self._notes(len(files)) + skipped)

    def _lacking(self, folder: Path) -> list[str]:
        return [] if folder.is_dir() and any(_photos(folder)) else list(self.files)

    def _notes(self, count: int) -> tuple[str, ...]:
        whole = self.info.expected["photo"]
        return () if count == whole else (f"{count} of the complete set's {whole} items of modality photo",)


def _photos(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.name[0] != ".")


def _listed(folder: Path) -> ImageFiles:
    paths = _photos(folder)
    return ImageFiles(tuple(paths), tuple(path.stem for path in paths), (0,) * len(paths))


def _lines(ids: tuple[str, ...], checksums: tuple[str, ...]) -> list[str]:
    return [f"photo {name} {checksum}" for name, checksum in zip(ids, checksums, strict=True)]


SOURCE = VocSource(INFO, ("photo",), ("JPEGImages/*.jpg",))
