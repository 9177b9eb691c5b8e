"""Whether a code belongs to its item alone: not to the items beside it, nor to its place, nor to its id."""

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.blind import blind
from zsr_lib.models.method import Method

SAMPLE = 16
TOLERANCE = 1e-5
"""Largest difference relative to the largest number of the codes. Honest systems stay below 1e-6 (other batches are
added up in another order), standardising by batch makes more than 0.1."""
BITS = 2e-3
"""Share of packed bits that may differ: those that stand for a number next to zero."""


WHAT = {"embed": "codes", "tokens": "tokens", "asked": "queries' codes"}
"""What a system makes of items → its name in messages."""


def check_codes_alone(fitted: Method, saved: Method, items: ItemSet, codes: np.ndarray, how: str = "embed") -> str:
    """How codes of a sample change when it is embedded without the others and in another order; '' if they do not.

    Two instances of the system are asked, one of which has never seen the items together.

    Args:
        fitted: The system as it was fitted.
        saved: The same, saved and loaded again.
        items: N items.
        codes: (N, D) what `saved` made of all of them; or (N, T, D) its tokens.
        how: By which of its functions, one of `WHAT`.

    Raises:
        LeakError: Codes follow the items' ids, or are not those of the system as it was fitted.
    """
    name = WHAT[how]

    def made(system: Method, items: ItemSet) -> np.ndarray:
        return np.asarray(getattr(system, how)(items))

    count = min(SAMPLE, -(-len(items) // 2))
    rows = np.linspace(0, len(items) - 1, count).astype(np.int64)
    few, among = items.take(rows), codes[rows]
    alone = made(fitted, blind(few))
    turned = made(saved, blind(few.take(np.arange(count)[::-1]), first=len(items)))[::-1]
    if _agree(alone, among) and _agree(turned, among):
        return ""
    again = made(saved, blind(few))
    if not _agree(again, alone):
        raise LeakError(
            f"'{fitted.name}' gives other {name} once it is saved and loaded ({_text(again, alone)}).",
            "let state() and about() hold all that fit(task) made, and embed(items) draw no random numbers.",
        )
    if not _agree(made(saved, blind(few, first=len(items))), again):
        raise LeakError(
            f"{name} of '{fitted.name}' follow the ids of the {items.modality} items.",
            "make codes from pixels or features alone.",
        )
    changed = turned if _agree(alone, among) else alone
    return f"{name} of {items.modality} items depend on the items they are embedded with ({_text(changed, among)})"


def _agree(codes: np.ndarray, others: np.ndarray) -> bool:
    return codes.shape == others.shape and _apart(codes, others) <= (BITS if codes.dtype == np.uint8 else TOLERANCE)


def _apart(codes: np.ndarray, others: np.ndarray) -> float:
    """Share of differing bits, or the largest difference relative to the largest number."""
    if codes.dtype == np.uint8:
        return float(np.unpackbits(codes ^ others).mean())
    largest = np.abs(others).max()
    return float(np.abs(codes - others).max() / largest) if largest else float(np.abs(codes).max())


def _text(codes: np.ndarray, others: np.ndarray) -> str:
    return f"by {_apart(codes, others):.1g}" if codes.shape == others.shape else f"{codes.shape}, not {others.shape}"
