"""Where the class folders of a data set are: below the data root, or where ``zsr data prepare`` put them."""

import json
from collections.abc import Iterator
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
    """

    owner: DatasetInfo
    modality: str
    origin: str
    sparse: bool = False


def find_part(part: Part, root: Path | None) -> Path:
    """The folder whose subfolders are the classes of `part`; the data root comes before prepared data.

    Raises:
        DataNotFoundError: It is not on this machine; says where it was looked for and how to get it.
    """
    looked = []
    for folder in _candidates(part, root):
        if folder.is_dir() and holds_classes(folder, part.owner.classes):
            return folder
        looked.append(f"{folder} ({'holds no class folder' if folder.is_dir() else 'no such folder'})")
    raise _not_here(part, root, looked)


def _candidates(part: Part, root: Path | None) -> Iterator[Path]:
    if root is not None:
        for name in part.owner.folders[part.modality]:
            yield root / name
    if part.modality in (known := adopted(part.owner)):
        yield known[part.modality]


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
        BadInputError: It holds several that could be meant.
    """
    found = {part.modality: folder for part in parts if (folder := search(part, base)) is not None}
    if not found:
        raise DataNotFoundError(
            f"no class folder of {info.title} in {named or base}.",
            f"name the folder whose subfolders are {', '.join(info.classes[:3])}, … or a zip of it.",
        )
    remembered = adopted(info) | found
    write_text(pointer(info), json.dumps({name: str(path) for name, path in remembered.items()}, indent=1))


def search(part: Part, base: Path) -> Path | None:
    """The one folder in `base`, at most `SEARCH_DEPTH` deep, that has subfolders named like the classes.

    Raises:
        BadInputError: Several have, and neither the known layouts nor the modality's name decide.
    """
    for name in part.owner.folders[part.modality]:
        if (base / name).is_dir() and holds_classes(base / name, part.owner.classes):
            return base / name
    found = list(_walk(base, part, SEARCH_DEPTH))
    named = [folder for folder in found if part.modality in str(folder.relative_to(base)).lower()]
    found = named or found
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
    target = (root or Path("DATA")) / info.folders[part.modality][0]
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
