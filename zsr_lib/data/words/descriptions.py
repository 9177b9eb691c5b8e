"""Sentences about classes, for systems that read in training what they see; written for this project."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from zsr_lib.data.names import match_class
from zsr_lib.errors import BadFileError, UnknownNameError

FOLDER = Path(__file__).parent
KNOWN = ("aerial", "sketchy")
"""Files here: UC Merced's, Earth on Canvas' and the generated classes from the air; Sketchy's everyday things."""
FORM = "write a line 'class: [sentence, sentence]'."


def described(classes: Sequence[str], where: str = "aerial") -> list[tuple[str, ...]]:
    """The sentences about each class.

    Args:
        classes: C names in any spelling. Only these classes are looked up: name the seen ones alone, and nothing of
            an unseen class goes in.
        where: One of `KNOWN`, or a YAML file of one's own: class → list of sentences.

    Returns:
        C tuples of one sentence or more.

    Raises:
        UnknownNameError: A class has no description, or there is no such file; names the nearest.
        BadFileError: The file is damaged, or holds something else.
    """
    path = FOLDER / f"{where}.yaml" if where in KNOWN else Path(where).expanduser()
    if not path.is_file():
        raise UnknownNameError("file of descriptions", where, KNOWN)
    said = _read(path)
    found = []
    for name in classes:
        try:
            found.append(tuple(said[match_class(name, said)]))
        except UnknownNameError as error:
            raise UnknownNameError(f"class described in {path.name}", name, tuple(said)) from error
    return found


def _read(path: Path) -> dict[str, list[str]]:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BadFileError(f"{path} cannot be read ({error}).", FORM) from error
    right = isinstance(said, dict) and said
    if not right or not all(_is_sentences(each) for each in said.values()):
        raise BadFileError(f"{path} holds no sentences by class.", FORM)
    return {str(name): each for name, each in said.items()}


def _is_sentences(found: object) -> bool:
    return isinstance(found, list) and bool(found) and all(isinstance(each, str) and each.strip() for each in found)
