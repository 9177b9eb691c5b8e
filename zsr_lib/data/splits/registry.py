"""All splits by name."""

from zsr_lib.data.splits.by_items import PREFIX as BY_ITEMS
from zsr_lib.data.splits.by_items import ItemSplit, item_split
from zsr_lib.data.splits.choices import CHOICES, PREFIX, choice_from_name, eoc_choice
from zsr_lib.data.splits.lists_on_disk import frozen_names, frozen_split, is_split_file, split_from_file
from zsr_lib.data.splits.random_choices import KINDS, is_random_choice, random_choice, random_choice_names
from zsr_lib.data.splits.split import Split
from zsr_lib.errors import UnknownNameError


def get_split(name: str) -> Split | ItemSplit:
    """The split called `name`: of classes, of items (``by-pair-20-choice-0``), or in a file (``mine.txt``).

    >>> get_split("eoc-10-4").unseen
    ('river', 'runway', 'storagetanks', 'tenniscourt')

    Raises:
        UnknownNameError: No such split; names the nearest.
        BadInputError: ``eoc-cv-…`` with an index outside 0 … 1000, ``…-choice-…`` with one outside 0 … 99, or
            ``by-…`` of another form.
        BadFileError: The list that ships with the library was changed, or a file of one's own cannot be used.
        DataNotFoundError: No such file.
    """
    if name.startswith(PREFIX):
        return choice_from_name(name)
    if is_split_file(name):
        return split_from_file(name)
    if name.startswith(BY_ITEMS):
        return item_split(name)
    if is_random_choice(name):
        return random_choice(name)
    if name not in frozen_names():
        ends = (eoc_choice(0).name, eoc_choice(CHOICES - 1).name, *(f"{prefix}0" for prefix in KINDS))
        raise UnknownNameError("split", name, (*frozen_names(), *ends, ItemSplit(0.2).name))
    return frozen_split(name)


def split_names(dataset: str | None = None, every_choice: bool = False) -> tuple[str, ...]:
    """Names for `get_split`, sorted.

    Args:
        dataset: Only splits of this data set.
        every_choice: Also the 1 001 names ``eoc-cv-0000`` … ``eoc-cv-1000`` and all ``…-choice-…``.
    """
    names = [name for name in frozen_names() if dataset in (None, frozen_split(name).dataset)]
    if every_choice:
        names += [f"{PREFIX}{index:04d}" for index in range(CHOICES) if dataset in (None, "eoc")]
        names += [name for name in random_choice_names() if dataset in (None, random_choice(name).dataset)]
    return tuple(sorted(names))
