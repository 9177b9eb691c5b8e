"""Numbers that readers see: chapters by their places in the table of contents, equations by chapter."""

import re
from collections.abc import Iterator, Sequence

MENTION = re.compile(r"\b(?P<word>[Cc]hapters? )(?P<numbers>\d+(?:(?:, | and | to |, and )\d+)*)")

EQUATION = re.compile(r"^\$\$\n(?P<formula>.*?)\n\$\$(?P<label> \(.*?\))?$", re.MULTILINE | re.DOTALL)
"""A formula in lines of its own, and its label if it has one."""


def places(chapters: Sequence[str]) -> dict[int, int]:
    """The number in a chapter's name, which stays, → its place in the contents, which moves when others are added."""
    return {int(name.partition("_")[0]): place for place, name in enumerate(chapters, start=1)}


def renumbered(text: str, chapters: Sequence[str]) -> str:
    """Prose in which "chapter 19", as the file's name has it, is called by its place in `chapters`."""
    known = places(chapters)

    def by_place(found: re.Match[str]) -> str:
        """The words that were found, with numbers by place."""
        numbers = re.sub(r"\d+", lambda each: str(known.get(int(each.group()), each.group())), found["numbers"])
        return found["word"] + numbers

    return MENTION.sub(by_place, text)


def with_labels(text: str, labels: Iterator[str]) -> str:
    """Markdown in which each formula in lines of its own has a label, so that Sphinx numbers it."""
    return EQUATION.sub(lambda found: found.group() if found["label"] else f"{found.group()} ({next(labels)})", text)
