"""RSketch and RSketch_Ext: hand sketches and aerial photos, in the folders that MLAGT's released code reads.

METHODS.md §4.2: ``train/{sketch,image}/<class>/*`` and ``test/{query,database}/<class>/*``. There is no official
split ("divide as you wish"), and the list of classes is in no source at hand: classes are what the folders say,
sorted, so that labels do not depend on the order in which a disk lists them. ``folder:DIR`` reads such a folder like
any of one's own.
"""

from pathlib import Path

from zsr_lib.data.listing import subfolders
from zsr_lib.data.splits.split import Split

PLACES = {"photo": ("train/image", "test/database"), "sketch": ("train/sketch", "test/query")}
"""Modality → where its class folders lie."""


def is_rsketch(folder: Path) -> bool:
    """Whether a folder has that layout, in full."""
    return all((folder / place).is_dir() for places in PLACES.values() for place in places)


def as_laid_out(folder: Path, dataset: str) -> Split:
    """The split that somebody made by filling ``train`` and ``test``; it is theirs and has no name.

    Classes of both are unseen: an item that was trained on would otherwise be tested with.

    Args:
        folder: In that layout.
        dataset: Name of the data set.

    Raises:
        BadInputError: No class is in ``train`` alone.
    """
    held = {each.name for place in ("test/database", "test/query") for each in subfolders(folder / place)}
    shown = {each.name for place in ("train/image", "train/sketch") for each in subfolders(folder / place)}
    return Split(
        "rsketch-as-laid-out",
        dataset,
        tuple(sorted(shown - held)),
        tuple(sorted(held)),
        source=f"The folders train and test of {folder.name}; no official split exists.",
    )
