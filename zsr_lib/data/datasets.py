"""Data sets by name: ``load_dataset("eoc", size=64)``."""

import inspect
from pathlib import Path

from zsr_lib.data.closing import check_open
from zsr_lib.data.registry import SOURCES, Dataset, DatasetInfo, get_source
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.settings import data_root

MAX_SIZE = 1024


def dataset_names() -> tuple[str, ...]:
    """Names that `load_dataset` knows; the first one needs nothing."""
    return tuple(SOURCES)


def dataset_info(name: str) -> DatasetInfo:
    """What is known about data set `name` without having it.

    Raises:
        UnknownNameError: There is no such data set; names the nearest.
    """
    return get_source(name).info


def load_dataset(
    name: str, size: int = 64, root: str | Path | None = None, progress: bool = True, **options: object
) -> Dataset:
    """Photos and sketches of a data set, decoded once into the store and memory-mapped from then on.

    Args:
        name: One of `dataset_names`, or ``folder:DIR`` for one's own (`zsr_lib.data.own_folder`).
        size: Side of the images in pixels, 8 … 1024.
        root: The folder with real data; ``ZSR_DATA`` when None. It is only read.
        progress: Show progress bars.
        **options: ``skip_bad`` for data sets of files; ``per_class``, ``seed``, ``paired`` for ``generated``.

    Raises:
        UnknownNameError: No such data set or option; names the nearest.
        DataNotFoundError: The data set is not on this machine; says where it was looked for and what to do.
        BadFileError: Files cannot be decoded; names them.
        BadInputError: `size` is out of range, or a system is being fitted or scored.
    """
    check_open(f"data set '{name}' cannot be loaded")
    source = get_source(name)
    parameters = inspect.signature(source.load).parameters.values()
    known = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
    for option in options:
        if option not in known:
            raise UnknownNameError(f"option of data set {name}", option, known)
    if not 8 <= size <= MAX_SIZE:
        raise BadInputError(f"image size is {size}.", f"use 8 … {MAX_SIZE} pixels.")
    return source.load(size, data_root(root), progress, **options)
