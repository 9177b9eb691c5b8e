"""A split in the spelling of the data set that is here."""

from zsr_lib.data.registry import Dataset
from zsr_lib.data.splits import Split, get_split
from zsr_lib.errors import BadInputError, ZsrError


def fitted_split(split: Split | str, dataset: Dataset) -> Split:
    """The split, or the split of that name, with the class names of `dataset`.

    Raises:
        UnknownNameError: No such split.
        BadInputError: It divides classes that the data set does not have.
    """
    split = get_split(split) if isinstance(split, str) else split
    try:
        return split.within(dataset.classes)
    except ZsrError as error:
        raise BadInputError(
            f"split '{split.name}' does not fit data set '{dataset.name}': {error.problem}",
            f"choose a split of this data set (split_names('{dataset.name}')).",
        ) from error
