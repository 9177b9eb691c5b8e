"""Other people's numbers that belong below a table of ours."""

from collections.abc import Sequence
from typing import Any

from zsr_lib.reporting.published import Number, datasets, matching, numbers_on
from zsr_lib.reporting.published.number import Listed
from zsr_lib.reporting.run_record import RunRecord


def listed(records: Sequence[RunRecord], direction: str) -> tuple[dict[str, Any], ...]:
    """Each number that the experiments list in full once, as a plain mapping, with the experiment."""
    found = {}
    for record in records:
        for each in record.published:
            if isinstance(each, Listed) and each.direction == direction:
                found[record.experiment, each] = {"experiment": record.experiment} | vars(each)
    return tuple(found.values())


def numbers_beside(records: Sequence[RunRecord], direction: str, every_system: bool) -> tuple[Number, ...]:
    """Published numbers on the records' data set and direction, on what may be one of their splits.

    Args:
        records: Of one table.
        direction: What is retrieved by what.
        every_system: Whether to take all systems, or those that the experiments name.
    """
    dataset, splits = records[0].dataset, [split for each in records[0].groups.values() for split in each]
    # Not by `numbers_on`, which would refuse a record that names a system of another version of the library.
    named = {name for record in records for name in record.published if isinstance(name, str)}
    found = numbers_on(dataset) if dataset in datasets() else []
    return tuple(matching((each for each in found if every_system or each.system in named), direction, splits))
