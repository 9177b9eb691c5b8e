"""Where the class folders of a data set are: below the data root, or where ``zsr data prepare`` put them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zsr_lib.data.listing import holds_classes, subfolders
from zsr_lib.data.registry import DatasetInfo
from zsr_lib.errors import BadInputError, DataNotFoundError
from zsr_lib.files import write_text
from zsr_lib.settings import cache_root

SEARCH_DEPTH = 4


@dataclass(frozen=True)
class Part:
    """One modality of a data set that lies in class folders.

    Attributes:
        owner: The data set whose folders and archive these are (Earth on Canvas uses UC Merced's photos).
        modality: ``photo``, ``sketch``, …
        origin: One of `zsr_lib.data.items.ORIGINS`.
        sparse: Whether class folders may be empty.
        folder: Key of the owner's `folders`; the modality when empty.
        stands_in: Whether these items are used only where the modality's own are not here. They are read in place,
            never prepared.
        note: What a reader of a number must know when this part is used.
    """

    owner: DatasetInfo
    modality: str
    origin: str
    sparse: bool = False
    folder: str = ""
    stands_in: bool = False
    note: str = ""

    @property
    def key(self) -> str:
        """The owner's name for the folders of this part."""
        return self.folder or self.modality


def find_parts(parts: Sequence[Part], root: Path | None) -> list[tuple[Part, Path]]:
    """The parts that are used, each with its folder: for each modality its own, or all that stand in for it.

    Raises:
        DataNotFoundError: A modality has neither on this machine.
    """
    used = []
    for modality in dict.fromkeys(part.modality for part in parts):
        own = [part for part in parts if part.modality == modality and not part.stands_in]
        others = [part for part in parts if part.modality == modality and part.stands_in]
        try:
            used += [(part, find_part(part, root)) for part in own]
        except DataNotFoundError:
            here = [(part, folder) for part in others if (folder := _here(part, root)) is not None]
            if not here:
                raise
            used += here
    return used


def find_part(part: Part, root: Path | None) -> Path:
    """The folder whose subfolders are the classes of `part`; the data root comes before prepared data.

    Raises:
        DataNotFoundError: It is not on this machine; says where it was looked for and how to get it.
    """
    if (folder := _here(part, root)) is not None:
        return folder
    looked = [
        f"{folder} ({'holds no class folder' if folder.is_dir() else 'no such folder'})"
        for folder in _candidates(part, root)
    ]
    raise _not_here(part, root, looked)


def _here(part: Part, root: Path | None) -> Path | None:
    candidates = _candidates(part, root)
    return next((each for each in candidates if each.is_dir() and holds_classes(each, part.owner.classes)), None)


def _candidates(part: Part, root: Path | None) -> Iterator[Path]:
    if root is not None:
        for name in part.owner.folders[part.key]:
            yield root / name
    if part.key in (known := adopted(part.owner)):
        yield known[part.key]


def pointer(info: DatasetInfo) -> Path:
    """The file that remembers where the prepared data set lies."""
    return cache_root() / "datasets" / f"{info.name}.json"


def adopted(info: DatasetInfo) -> dict[str, Path]:
    """Modality → class folder, as remembered by `adopt`."""
    try:
        return {name: Path(text) for name, text in json.loads(pointer(info).read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}  # nothing remembered, or not by us: then it is looked for elsewhere


def adopt(info: DatasetInfo, parts: list[Part], base: Path, named: Path | None = None) -> None:
    """Remembers the class folders that `base` holds for `parts`.

    Args:
        info: The data set.
        parts: Its modalities that may lie in `base`.
        base: A folder.
        named: What the user named, if it is not `base` itself but a zip that was unpacked there.

    Raises:
        DataNotFoundError: It holds none of them.
        BadInputError: It holds several that could be meant, or one for two modalities.
    """
    found = {part.key: folder for part in parts if (folder := search(part, base)) is not None}
    if not found:
        raise DataNotFoundError(
            f"no class folder of {info.title} in {named or base}.",
            f"name the folder whose subfolders are {', '.join(info.classes[:3])}, … or a zip of it.",
        )
    if len(set(found.values())) < len(found):
        raise BadInputError(
            f"{named or base} does not say which of {' and '.join(found)} it holds.",
            f"rename it so that its name says so ({' or '.join(found)}), or name a folder that holds both.",
        )
    remembered = adopted(info) | found
    write_text(pointer(info), json.dumps({name: str(path) for name, path in remembered.items()}, indent=1))


def search(part: Part, base: Path) -> Path | None:
    """The one folder in `base`, at most `SEARCH_DEPTH` deep, that has subfolders named like the classes.

    Raises:
        BadInputError: Several have, and neither the known layouts nor the modality's name decide.
    """
    for name in part.owner.folders[part.key]:
        if (base / name).is_dir() and holds_classes(base / name, part.owner.classes):
            return base / name
    found = list(_walk(base, part, SEARCH_DEPTH))
    texts = {folder: str(folder.relative_to(base.parent)).lower() for folder in found}
    named = [folder for folder in found if part.modality in texts[folder]]
    others = [modality for modality in part.owner.modalities if modality != part.modality]
    found = named or [folder for folder in found if not any(other in texts[folder] for other in others)]
    if len(found) > 1:
        raise BadInputError(
            f"several folders in {base} could hold the {part.modality} items: "
            f"{', '.join(str(folder.relative_to(base)) for folder in found)}.",
            "name one of them with --from.",
        )
    return found[0] if found else None


def _walk(folder: Path, part: Part, depth: int) -> Iterator[Path]:
    if holds_classes(folder, part.owner.classes):
        yield folder
    elif depth:
        for child in subfolders(folder):
            yield from _walk(child, part, depth - 1)


def _not_here(part: Part, root: Path | None, looked: list[str]) -> DataNotFoundError:
    info = part.owner
    if root is None:
        looked.append("no data root (ZSR_DATA is not set)")
    if not adopted(info):
        looked.append(f"nothing prepared in {pointer(info).parent}")
    where = "".join(f"\n    {line}" for line in looked)
    target = (root or Path("DATA")) / info.folders[part.key][0]
    command = f"zsr data prepare {info.name}"
    ways = [
        f"type `{command} --from PATH` if you have the folder or zip",
        f"put the class folders into {target}" + ("" if root else " and set ZSR_DATA to DATA"),
    ]
    if info.archive and not info.login:
        ways.insert(0, f"type `{command}` to download it ({info.archive.size_bytes / 1e6:.0f} MB)")
    lines = "".join(f"\n    {line}" for line in ways)
    page = f"{info.page}{', which asks for a login' if info.login else ''}"
    remedy = f"one of these:{lines}\n  Official page: {page}"
    return DataNotFoundError(
        f"the {part.modality} items of {info.title} are not on this machine. Looked in:{where}", remedy
    )
