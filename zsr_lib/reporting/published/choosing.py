"""Which published numbers may stand beside a table of ours."""

from collections.abc import Iterable

from zsr_lib.errors import UnknownNameError
from zsr_lib.evaluation.directions import DIRECTIONS
from zsr_lib.reporting.published.number import PROTOCOLS, Number
from zsr_lib.reporting.published.reading import published


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
