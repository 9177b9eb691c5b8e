"""Expected failures: each says what happened and what to do about it.

Anything a user can cause (a missing folder, a misspelled name, a broken file, a full disk) is raised as a
`ZsrError`. The command line prints it without a traceback and exits with status 2; every other exception is a
defect of this project and keeps its traceback.
"""

import difflib
from collections.abc import Iterable


def printable(text: str) -> str:
    r"""Writes control characters out: the name of a file must not steer the terminal that it is printed to.

    >>> print(printable("red \x1b[31m.png"))
    red \x1b[31m.png
    """
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape", "surrogatepass").decode()
        for each in text
    )


class ZsrError(Exception):
    """A failure with a remedy.

    Args:
        problem: What happened, one sentence, naming the file or value.
        remedy: What the user can do now, ideally a command to type.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem}\n  What to do: {self.remedy}"

    def __reduce__(self) -> tuple:
        # Raised in worker processes, too: made again from its fields, whatever a subclass's arguments are.
        return type(self).__new__, (type(self), *self.args), self.__dict__


class UnknownNameError(ZsrError):
    """A name that no registry, list or file knows; names the nearest valid ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str], remedy: str | None = None) -> None:
        known = sorted(known)
        near = difflib.get_close_matches(str(name), known, n=3, cutoff=0.5)
        shown = ", ".join(known[:12]) + (f", … ({len(known)} in all)" if len(known) > 12 else "")
        hint = f"did you mean {' or '.join(near)}?" if near else f"use one of: {shown or '(none exist)'}."
        super().__init__(f"unknown {kind} '{name}'.", remedy or hint)
        self.known = known
        self.near = near


class DataNotFoundError(ZsrError):
    """Data that is not on this machine; says where it was looked for and how to get it."""


class BadFileError(ZsrError):
    """Files that exist but cannot be used (empty, truncated, not what their name says)."""


class BadInputError(ZsrError):
    """A value, shape or combination of arguments that cannot be right."""


class BusyError(ZsrError):
    """Another process holds what is needed now."""
