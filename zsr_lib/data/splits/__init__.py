"""Named, frozen, checksummed zero-shot splits, and splits by items."""

from zsr_lib.data.splits.by_items import ItemSplit
from zsr_lib.data.splits.choices import eoc_choice
from zsr_lib.data.splits.lists_on_disk import read_split, settled
from zsr_lib.data.splits.registry import get_split, overlap_table, shared_unseen, split_names
from zsr_lib.data.splits.split import Split

__all__ = [
    "ItemSplit",
    "Split",
    "eoc_choice",
    "get_split",
    "overlap_table",
    "read_split",
    "settled",
    "shared_unseen",
    "split_names",
]
