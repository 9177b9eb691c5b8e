"""Data sets can be closed: a system under test has its task, and neither loads nor draws anything beside it."""

from collections.abc import Iterator
from contextlib import contextmanager

from zsr_lib.errors import BadInputError

_CLOSED = False


@contextmanager
def closed_datasets() -> Iterator[None]:
    """Refuses `load_dataset`, and to draw scenes, meanwhile and in all threads."""
    global _CLOSED
    before, _CLOSED = _CLOSED, True
    try:
        yield
    finally:
        _CLOSED = before


def check_open(what: str) -> None:
    """Makes sure that data sets are not closed.

    Raises:
        BadInputError: They are; says that `what` is not to be had.
    """
    if _CLOSED:
        raise BadInputError(
            f"{what} while a system is fitted or scored.",
            "fit on what the task holds; name other data sets in data.auxiliary.",
        )
