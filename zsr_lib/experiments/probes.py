"""Whether a code belongs to its item alone: not to the items beside it, nor to its place, its id or its very bytes."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from zsr_lib.data.items import PAYLOADS, ItemSet
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.blind import blind
from zsr_lib.features.cache import without_cache
from zsr_lib.models.method import Method

SAMPLE = 16
"""Items that are embedded again. Which ones nobody can know: they are drawn without a seed."""
NUDGED = 2
"""How many of them are changed by the least that their type can be: features of two cost little, of more too much …"""
COMPUTED = 0.1
"""… which moves a code that is computed by next to nothing, one that is looked up by as much as another item. One of
the items must move by less than this, relative to the largest number of the codes, or in bits."""
RERANKED = 1e-4
"""Largest difference of a pair's score, relative to the largest, where the pair is scored alone."""
TOLERANCE = 1e-5
"""Largest difference relative to the largest number of the codes. Honest systems stay below 1e-6 (other batches are
added up in another order), standardising by batch makes more than 0.1."""
BITS = 2e-3
"""Share of packed bits that may differ: those that stand for a number next to zero."""


WHAT = {"embed": "codes", "tokens": "tokens", "asked": "queries' codes"}
"""What a system makes of items → its name in messages."""


def check_codes_alone(
    fitted: Method, saved: Method, items: ItemSet, codes: np.ndarray, how: str = "embed", nudge: bool = True
) -> str:
    """How codes of a sample change when it is embedded without the others and in another order; '' if they do not.

    Two instances of the system are asked, one of which has never seen the items together.

    Args:
        fitted: The system as it was fitted.
        saved: The same, saved and loaded again.
        items: N items.
        codes: (N, D) what `saved` made of all of them; or (N, T, D) its tokens.
        how: By which of its functions, one of `WHAT`.
        nudge: Whether to ask, too, for codes of items that are changed a little: features of those are in no cache.

    Raises:
        LeakError: Codes follow the items' ids or places in a data set, are looked up by an item's bytes, or are not
            those of the system as it was fitted.
    """
    name = WHAT[how]

    def made(system: Method, items: ItemSet) -> np.ndarray:
        """Codes, or whatever `how` gives."""
        return np.asarray(getattr(system, how)(items))

    count = min(SAMPLE, -(-len(items) // 2))
    rows = np.sort(np.random.default_rng().choice(len(items), count, replace=False))
    lying, among = items.take(rows), codes[rows]
    few = _plain(lying)  # rows on disk know their place in the data set, where classes lie one after another
    alone = made(fitted, blind(few))
    if nudge and _looked_up(
        *_before_and_after(lambda items: made(fitted, items), few.take(np.arange(min(count, NUDGED))))
    ):
        raise LeakError(
            f"{name} of '{fitted.name}' are looked up, not computed: one pixel of {items.modality} items that changes "
            "by one level changes all of the code.",
            "make codes that follow from what an item shows.",
        )
    turned = made(saved, blind(few.take(np.arange(count)[::-1]), first=len(items)))[::-1]
    if agree(alone, among) and agree(turned, among):
        return ""
    _refuse_if_moved(partial(made, saved), (name, fitted.name), lying, alone, first=len(items))
    changed = turned if agree(alone, among) else alone
    return f"{name} of {items.modality} items depend on the items they are embedded with ({_text(changed, among)})"


def _refuse_if_moved(
    made: Callable[[ItemSet], np.ndarray], what: tuple[str, str], lying: ItemSet, alone: np.ndarray, first: int
) -> None:
    """Refuses codes that move with no other items beside a sample: by saving, by ids (from `first`), by places."""
    name, system = what
    few = _plain(lying)
    again = made(blind(few))
    if not agree(again, alone):
        raise LeakError(
            f"'{system}' gives other {name} once it is saved and loaded ({_text(again, alone)}).",
            "let state() and about() hold all that fit(task) made, and embed(items) draw no random numbers.",
        )
    if not agree(made(blind(few, first=first)), again):
        raise LeakError(
            f"{name} of '{system}' follow the ids of the {lying.modality} items.",
            "make codes from pixels or features alone.",
        )
    if not agree(made(blind(lying)), again):
        raise LeakError(
            f"{name} of '{system}' follow the place of the {lying.modality} items in their data set.",
            "make codes from what an item shows alone.",
        )


class PairByPair:
    """Scores of a second stage, some of which are kept, to be asked for once more without the other items.

    Args:
        scores: `Method.rerank`.
    """

    def __init__(self, scores: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> None:
        self._scores, self._random = scores, np.random.default_rng()
        self._kept: list[tuple[np.ndarray, ...]] = []

    def __call__(self, queries: np.ndarray, gallery: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        """As `Method.rerank`; a query of each call is kept."""
        found = np.array(self._scores(queries, gallery, candidates))
        if len(found) and found.shape == candidates.shape:
            row, columns = self._random.integers(len(found)), self._random.permutation(candidates.shape[1])[:SAMPLE]
            kept = (queries[row], gallery[candidates[row, columns]], found[row, columns], np.abs(found).max())
            self._kept = [*self._kept, tuple(map(np.array, kept))][-NUDGED:]
        return found

    def told(self) -> str:
        """How scores change where a query and its candidates are alone; '' if they do not."""
        for query, gallery, before, largest in self._kept:
            alone = np.asarray(self._scores(query[None], gallery, np.arange(len(gallery))[None]))[0]
            if (apart := float(np.abs(alone - before).max() / (largest or 1.0))) > RERANKED:
                return f"scores of the second stage depend on other items than the pair (by {apart:.1g})"
        return ""


def _plain(items: ItemSet) -> ItemSet:
    return replace(items, **{name: np.array(rows) for name in PAYLOADS if (rows := getattr(items, name)) is not None})


def _nudged(items: ItemSet) -> ItemSet:
    """One number of each item by one step of its type larger (or smaller); sentences stay.

    It is where an item changes most from one number to the next: HOG makes much of a step where all else is flat.
    """
    changed = {}
    for name in PAYLOADS:
        if (rows := getattr(items, name)) is not None and rows.dtype.kind in "uif":
            flat = np.array(rows).reshape(len(rows), -1)
            steps = np.abs(np.diff(flat.astype(np.float64), axis=1, append=flat[:, -1:]))
            at = np.arange(len(flat)), steps.argmax(1)
            old, whole = flat[at], rows.dtype.kind != "f"
            flat[at] = old - np.sign(old) + (old == 0) if whole else np.nextafter(old, np.inf)
            changed[name] = flat.reshape(rows.shape)
    return replace(items, **changed)


def _before_and_after(made: Callable[[ItemSet], np.ndarray], items: ItemSet) -> tuple[np.ndarray, np.ndarray]:
    with without_cache():
        nudged = made(blind(_nudged(items)))
    return nudged, made(blind(items))


def _looked_up(nudged: np.ndarray, codes: np.ndarray) -> bool:
    if codes.dtype == np.uint8:
        return float(np.unpackbits(nudged ^ codes, axis=1).mean(1).min()) > COMPUTED
    if not (np.isfinite(nudged).all() and np.isfinite(codes).all()):
        return False  # no codes at all, as who scores them will say
    moved = np.abs(nudged - codes).reshape(len(codes), -1).max(1)
    return bool(moved.min() > COMPUTED * np.abs(codes).max())


def agree(codes: np.ndarray, others: np.ndarray) -> bool:
    """Whether codes are the same but for the last digits, or for bits of numbers next to zero."""
    return codes.shape == others.shape and _apart(codes, others) <= (BITS if codes.dtype == np.uint8 else TOLERANCE)


def _apart(codes: np.ndarray, others: np.ndarray) -> float:
    """Share of differing bits, or the largest difference relative to the largest number."""
    if codes.dtype == np.uint8:
        return float(np.unpackbits(codes ^ others).mean())
    largest = np.abs(others).max()
    return float(np.abs(codes - others).max() / largest) if largest else float(np.abs(codes).max())


def _text(codes: np.ndarray, others: np.ndarray) -> str:
    return f"by {_apart(codes, others):.1g}" if codes.shape == others.shape else f"{codes.shape}, not {others.shape}"
