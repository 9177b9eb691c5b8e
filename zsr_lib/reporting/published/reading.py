"""The files beside this module → every published number, checked."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from zsr_lib.configs import build
from zsr_lib.errors import BadFileError, BadInputError, UnknownNameError
from zsr_lib.evaluation.directions import DIRECTIONS
from zsr_lib.reporting.published.number import PROTOCOLS, Footnote, Number
from zsr_lib.reporting.published.sheet import Sheet, System, numbers_of

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where it was compiled in: the same, ten times faster."""


@dataclass(frozen=True)
class Published:
    """Everything that others printed, as far as it is recorded here.

    Attributes:
        numbers: One for each printed value, table by table.
        footnotes: By name, in the order of their places.
        sources: Source of a number, in short → where that is, in full.
        systems: Names of all systems.
    """

    numbers: tuple[Number, ...]
    footnotes: dict[str, Footnote]
    sources: dict[str, str]
    systems: tuple[str, ...]

    def footnotes_of(self, numbers: Iterable[Number]) -> list[Footnote]:
        """The footnotes that `numbers` refer to, each once, by place."""
        used = {name for number in numbers for name in number.caveats}
        return [note for name, note in self.footnotes.items() if name in used]

    def places(self, number: Number) -> list[int]:
        """A number's footnotes as they are printed beside it, ascending."""
        return sorted(self.footnotes[name].place for name in number.caveats)


@cache
def published() -> Published:
    """What ships with the library.

    Raises:
        ZsrError: A file was damaged; as `read_published`.
    """
    return read_published(files("zsr_lib.reporting.published"))


def read_published(folder: Traversable) -> Published:
    """Reads ``footnotes.yaml``, ``systems.yaml`` and ``tables/*.yaml`` of a folder.

    Raises:
        BadFileError: A file is missing or is no YAML mapping.
        UnknownNameError: A key, system, footnote, split or metric that does not exist; names the nearest.
        BadInputError: A value is no score, a row does not fill its table, or one table prints a number twice.
    """
    footnotes = _footnotes(_mapping(folder / "footnotes.yaml"))
    listed = _mapping(folder / "systems.yaml")
    systems = {name: build(System, values, f"system {name}") for name, values in listed.items()}
    tables = sorted((each for each in (folder / "tables").iterdir() if each.name.endswith(".yaml")), key=_name)
    sheets = [build(Sheet, _mapping(each), each.name) for each in tables]
    numbers = tuple(number for sheet in sheets for number in numbers_of(sheet, systems))
    for number in numbers:
        for caveat in number.caveats:
            if caveat not in footnotes:
                raise UnknownNameError(f"footnote in {number.source}", caveat, footnotes)
    _refuse_duplicates(numbers)
    return Published(numbers, footnotes, {sheet.source: sheet.where for sheet in sheets}, tuple(systems))


def _name(file: Traversable) -> str:
    return file.name


def _footnotes(listed: Mapping[str, Mapping[str, Any]]) -> dict[str, Footnote]:
    return {
        name: build(Footnote, {"name": name, "place": place} | dict(values), f"footnote {name}")
        for place, (name, values) in enumerate(listed.items(), start=1)
    }


def _mapping(file: Traversable) -> dict[str, Any]:
    remedy = "restore it: git checkout, or reinstall zsr-lib."
    try:
        content = _LOADER(file.read_text("utf-8")).get_single_data()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadFileError(f"{file} cannot be read ({' '.join(str(error).split())}).", remedy) from error
    if not isinstance(content, dict):
        raise BadFileError(f"{file} holds no mapping.", remedy)
    return content


def _refuse_duplicates(numbers: Iterable[Number]) -> None:
    def identity(number: Number) -> tuple[object, ...]:
        protocol = (number.dataset, number.split, number.protocol, number.direction, number.metric)
        return number.source, number.system, number.code_size, number.binary, *protocol

    (twice, count), *_ = [*Counter(map(identity, numbers)).most_common(1), (None, 0)]
    if count > 1:
        raise BadInputError(f"{twice[0]} gives a number of {twice[1]} twice ({twice[-1]}).", "keep one of them.")


def datasets() -> tuple[str, ...]:
    """Data sets that there are published numbers for, in the order of the tables."""
    return tuple(dict.fromkeys(number.dataset for number in published().numbers))


def system_named(name: str) -> str:
    """`name`, if there are numbers of that system.

    Raises:
        UnknownNameError: There are none; names the nearest.
    """
    if name not in published().systems:
        raise UnknownNameError("published system", name, published().systems)
    return name


def numbers_on(dataset: str, systems: Iterable[str] | None = None) -> list[Number]:
    """The numbers on one data set, same protocol, direction, split and metric together.

    Args:
        dataset: Its name.
        systems: Only these systems; all when None.

    Raises:
        UnknownNameError: There are no numbers on that data set, or none of such a system; names the nearest.
    """
    if dataset not in datasets():
        raise UnknownNameError("data set with published numbers", dataset, datasets())
    wanted = published().systems if systems is None else tuple(map(system_named, systems))
    found = [number for number in published().numbers if number.dataset == dataset and number.system in wanted]
    return sorted(found, key=_place)


def matching(numbers: Iterable[Number], direction: str, splits: Iterable[str]) -> list[Number]:
    """Of `numbers` the zero-shot ones in the same direction whose split is, or may be, one of `splits`."""
    splits = tuple(splits)
    return [
        number
        for number in numbers
        if number.protocol == "zero-shot" and number.direction == direction and number.is_on(splits)
    ]


def _place(number: Number) -> tuple[int, int, str, str, str]:
    """The usual directions come first, others by name."""
    protocol, others = PROTOCOLS.index(number.protocol), (*DIRECTIONS, number.direction)
    return protocol, others.index(number.direction), number.direction, number.split, number.metric.casefold()
