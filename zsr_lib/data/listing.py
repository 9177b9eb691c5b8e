"""The image files of class folders, in a fixed order, with ids and labels."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zsr_lib.data.images import SUFFIXES
from zsr_lib.data.names import class_key, match_class
from zsr_lib.errors import BadFileError, BadInputError, UnknownNameError


@dataclass(frozen=True)
class ImageFiles:
    """N image files: paths, ids ``class/stem`` and labels."""

    paths: tuple[Path, ...]
    ids: tuple[str, ...]
    labels: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.paths)

    def counts(self, classes: Sequence[str]) -> tuple[int, ...]:
        """Number of files of each class, in class order."""
        return tuple(self.labels.count(label) for label in range(len(classes)))


def subfolders(folder: Path) -> Iterator[Path]:
    """Visible folders in `folder`, sorted by name; archivers' leftovers are passed over."""
    for child in sorted(folder.iterdir()):
        if child.is_dir() and not child.name.startswith((".", "__MACOSX")):
            yield child


def holds_classes(folder: Path, classes: Sequence[str]) -> int:
    """How many subfolders of `folder` are named like one of `classes`."""
    return sum(_matches(child.name, classes) for child in subfolders(folder))


def _matches(name: str, classes: Sequence[str]) -> bool:
    try:
        return bool(match_class(name, classes))
    except (UnknownNameError, BadInputError):
        return False


def list_images(folder: Path, known: Sequence[str], classes: Sequence[str], empty_allowed: bool = False) -> ImageFiles:
    """Lists ``folder/<class>/<image>``, classes in label order, files in natural order (2 before 10).

    Args:
        folder: Its subfolders are classes, in any spelling that `match_class` knows.
        known: Classes that may lie there.
        classes: Classes that are wanted, in label order; the others of `known` are passed over. They may be
            spelled otherwise than in `known`.
        empty_allowed: Whether a class folder may be empty (sketches that nobody has drawn yet).

    Raises:
        UnknownNameError: A subfolder is no class of `known`.
        BadFileError: A class folder is empty, two folders mean one class, or two files share a stem.
    """
    homes = {class_key(name): home for name, home in _class_homes(folder, known).items()}
    paths, ids, labels = [], [], []
    for label, name in enumerate(classes):
        home = homes.get(class_key(name))
        files = _images_in(home) if home else []
        if home and not files and not empty_allowed:
            raise BadFileError(
                f"the class folder {home} holds no image.",
                f"put images in it ({', '.join(SUFFIXES)}), or remove the folder to do without the class.",
            )
        paths += files
        ids += [f"{name}/{path.stem}" for path in files]
        labels += [label] * len(files)
    return ImageFiles(tuple(paths), tuple(ids), tuple(labels))


def merged(lists: Sequence[ImageFiles]) -> ImageFiles:
    """The files of several folders in one list, by label; within a class the first folder's come first."""
    rows = [row for files in lists for row in zip(files.paths, files.ids, files.labels, strict=True)]
    rows.sort(key=lambda row: row[2])
    paths, ids, labels = zip(*rows, strict=True) if rows else ((), (), ())
    return ImageFiles(paths, ids, labels)


def _class_homes(folder: Path, known: Sequence[str]) -> dict[str, Path]:
    homes: dict[str, Path] = {}
    for child in subfolders(folder):
        try:
            name = match_class(child.name, known)
        except UnknownNameError as error:
            near = f"rename it if it means {' or '.join(error.near)}, else " if error.near else ""
            raise UnknownNameError(
                "class folder",
                str(child),
                known,
                f"{near}move it out of {folder}; the classes are {', '.join(known)}.",
            ) from error
        if name in homes:
            raise BadFileError(f"{homes[name]} and {child} both mean the class {name}.", "merge the two folders.")
        homes[name] = child
    return homes


def _images_in(folder: Path) -> list[Path]:
    files = [
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    ]
    files.sort(key=_natural)
    stems: dict[str, Path] = {}
    for path in files:
        if path.stem in stems:
            raise BadFileError(
                f"{stems[path.stem]} and {path.name} share one name, so they would get one id.",
                "keep one of them, or rename one.",
            )
        stems[path.stem] = path
    return files


def _natural(path: Path) -> tuple[list[tuple[int, str]], str]:
    parts = re.split(r"(\d+)", path.name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], path.name
