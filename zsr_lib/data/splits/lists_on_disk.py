"""Split lists as files: YAML with a fixed set of keys; those that ship with the library have checksums."""

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from zsr_lib.data.splits.split import Split
from zsr_lib.errors import BadFileError, DataNotFoundError, UnknownNameError

KEYS = ("name", "dataset", "seen", "unseen", "source", "note")
CHECKSUMS = "checksums.sha256"
ENDINGS = (".txt", ".yaml", ".yml")
"""Of a split's name that is a path."""


def _lists() -> Traversable:
    return files("zsr_lib.data.splits").joinpath("lists")


@cache
def _checksums() -> dict[str, str]:
    """List name → SHA-256, from a file that ``sha256sum --check`` understands."""
    lines = _lists().joinpath(CHECKSUMS).read_text("utf-8").split("\n")
    return {file.removesuffix(".yaml"): digest for digest, file in (line.split() for line in lines if line)}


def frozen_names() -> tuple[str, ...]:
    """Names of the lists that ship with the library, sorted."""
    return tuple(sorted(_checksums()))


@cache
def frozen_split(name: str) -> Split:
    """Reads the shipped list `name` after checking that nobody changed it.

    Raises:
        BadFileError: The list's bytes are not the published ones.
    """
    # Text mode drops the carriage returns that git may add on Windows.
    text = _lists().joinpath(f"{name}.yaml").read_text("utf-8")
    if hashlib.sha256(text.encode()).hexdigest() != _checksums()[name]:
        raise BadFileError(
            f"the frozen split list {name}.yaml was changed: results would not be comparable.",
            f"restore it (git checkout -- '*{name}.yaml', or reinstall zsr-lib); put a split "
            "of your own into another file and load it with read_split(path).",
        )
    return parse_split(text, name)


def read_split(path: str | Path) -> Split:
    """A split of your own: YAML with the keys of the shipped lists, or a text file of unseen classes, one a line.

    In YAML, only ``unseen`` must be there; without ``seen``, that is all other classes of the data set. In a text file,
    what follows a ``#`` is passed over.

    Raises:
        DataNotFoundError: No such file.
        BadFileError: Not YAML, a key is missing, a list is not one of names, or it has the name of a shipped list and
            other classes.
        UnknownNameError: A key that splits do not have.
    """
    split = _read(Path(path))
    if split.name in frozen_names() and set(split.unseen) != set(frozen_split(split.name).unseen):
        raise BadFileError(
            f"{path} is called {split.name}, and its unseen classes are not those of that split.",
            "give it a name of its own: tables would take it for the other.",
        )
    return split


def _read(path: Path) -> Split:
    if not path.is_file():
        raise DataNotFoundError(f"there is no split list at {path}.", "give the path of a YAML or text file.")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadFileError(f"{path} is not a text file.", "give YAML, or a class name a line, in UTF-8.") from error
    if path.suffix == ".txt":
        names = [line.partition("#")[0].strip() for line in text.splitlines()]
        return Split(path.stem, "", None, tuple(filter(None, names)), source="your own")
    return parse_split(text, path.stem)


def settled(name: str) -> str:
    """A split's name; of a file with the start of its checksum, so that a changed list is another split.

    Raises:
        ZsrError: As `read_split` says.
    """
    return name if "#" in name or not is_split_file(name) else f"{name}#{read_split(name).checksum[:8]}"


def is_split_file(name: str) -> bool:
    """Whether a split's name is the path of a file, with or without the start of its checksum."""
    return name.partition("#")[0].endswith(ENDINGS)


def split_from_file(name: str) -> Split:
    """The split in the file that `name` names.

    Raises:
        BadFileError: It is another one than its checksum says.
        ZsrError: As `read_split` says.
    """
    path, _, start = name.partition("#")
    split = read_split(path)
    if not split.checksum.startswith(start):
        raise BadFileError(f"the list {path} was changed.", "name the file without what follows #, and run again.")
    return split


def parse_split(text: str, name: str) -> Split:
    """Turns the text of a list into a `Split`; `name` is used when the text gives none.

    Raises:
        BadFileError: Not YAML, a key is missing, or a list is not a list of names.
        UnknownNameError: A key that splits do not have.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadFileError(f"split list '{name}' is not YAML: {error}.", f"write the keys {KEYS}.") from error
    if not isinstance(content, dict) or "unseen" not in content:
        raise BadFileError(f"split list '{name}' lacks unseen.", f"write the keys {KEYS}.")
    content = {"dataset": "", "seen": "unknown"} | content
    for key in content:
        if key not in KEYS:
            raise UnknownNameError("key of a split list", key, KEYS)
    content["seen"] = None if content["seen"] == "unknown" else _names(content["seen"], name)
    content["unseen"] = _names(content["unseen"], name)
    return Split(**{"name": name, **content})


def _names(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadFileError(
            f"seen and unseen of split list '{name}' must be lists of class names.",
            'write them as [first, second]; quote names like "yes" or "1".',
        )
    return tuple(value)
