"""Your own folders as a data set: ``folder:DIR`` reads ``DIR/<modality>/<class>/<image>``, or RSketch's layout."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zsr_lib.data.folder_source import FolderSource
from zsr_lib.data.listing import list_images, subfolders
from zsr_lib.data.locate import Part
from zsr_lib.data.names import match_class
from zsr_lib.data.registry import OWN, DatasetInfo
from zsr_lib.data.sets.rsketch import PLACES, is_rsketch
from zsr_lib.errors import BadInputError, DataNotFoundError, UnknownNameError

LAYOUT = "put the images into {0}/photo/<class>/, {0}/sketch/<class>/ and further modalities likewise."


@dataclass(frozen=True)
class OwnFolder(FolderSource):
    """Read in place, whatever the data root.

    Attributes:
        folder: Holds a folder for each modality, or several.
    """

    folder: Path = Path()

    def obtain(self, path: Path | None, root: Path | None, progress: bool) -> None:
        """It is here.

        Raises:
            BadInputError: A `path` was named.
        """
        if path is not None:
            raise BadInputError("your own folders are read where they are.", "leave out --from.")

    def found(self, root: Path | None) -> list[tuple[Part, Path]]:
        """Each modality with its folders."""
        return [(part, self.folder / part.key) for part in self.parts]


def own_folder(name: str) -> OwnFolder:
    """The data set ``folder:DIR``: folders in it are modalities, folders in those are classes, in any spelling.

    Raises:
        DataNotFoundError: There is no such folder.
        BadInputError: It has no modalities, one of them has no classes, or a name cannot be one.
        BadFileError: A class folder holds no image.
    """
    folder = Path(name.removeprefix(OWN)).expanduser()
    if not folder.is_dir():
        raise DataNotFoundError(f"there is no folder '{folder}'.", LAYOUT.format(folder))
    homes = _homes(folder)
    classes = _classes(folder, homes)
    counts: dict[str, int] = {}
    for modality, home in homes:
        counts[modality] = counts.get(modality, 0) + len(list_images(folder / home, classes, classes))
    info = DatasetInfo(name, f"Your folder {folder}", classes, counts, "your own", "your own", str(folder))
    parts = tuple(Part(info, each, "hand" if each == "sketch" else "camera", folder=home) for each, home in homes)
    return OwnFolder(info, parts, first_is_whole=False, folder=folder)


def _homes(folder: Path) -> list[tuple[str, str]]:
    """Each modality with a folder below `folder` whose subfolders are its classes, photos first."""
    if is_rsketch(folder):
        return [(modality, place) for modality, places in PLACES.items() for place in places]
    modalities = sorted((each.name for each in subfolders(folder)), key=lambda each: (each != "photo", each))
    if not modalities:
        raise BadInputError(f"'{folder}' holds no folders.", LAYOUT.format(folder))
    return [(modality, modality) for modality in modalities]


def _classes(folder: Path, homes: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Classes of all modalities, sorted, each as the first folder spells it."""
    classes: list[str] = []
    for modality, home in homes:
        if not re.fullmatch(r"[\w-]+", modality):
            raise BadInputError(f"'{modality}' is no name for a modality.", "name folders by letters, digits, - and _.")
        own = [each.name for each in subfolders(folder / home)]
        if not own:
            raise BadInputError(f"'{folder / home}' has no class folders.", LAYOUT.format(folder))
        for name in own:
            classes += [] if _known(name, classes) else [name]
    return tuple(sorted(classes))


def _known(name: str, classes: Sequence[str]) -> bool:
    try:
        return bool(match_class(name, classes))
    except UnknownNameError:
        return False
