"""Progress bars on long work, in one way everywhere."""

import os
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm


def progress_bar(items: Iterable | None = None, *, show: bool, **options: Any) -> tqdm:
    """A tqdm bar; silent when not `show`, and wherever ``TQDM_DISABLE`` is set, as it is while pages are made.

    Args:
        items: What to iterate over; None for a bar that is moved by hand.
        show: What the caller's ``progress`` argument says.
        **options: tqdm's own (``desc``, ``total``, ``unit``, …).
    """
    silent = os.environ.get("TQDM_DISABLE", "") not in ("", "0")
    return tqdm(items, disable=silent or not show, **options)
