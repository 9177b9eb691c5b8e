"""The number gate: what chapters state now against what the book claims."""

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from zsr_lib.reporting.executed import Claim, Stated, Value
from zsr_lib.reporting.references import Reference, References

SPREAD = 2.5
"""Standard deviations of the reference seeds that a statistical number may lie from its reference. Seed and pins are
the same, so what is left is other machines' rounding, far below this; a change of 3 sd is caught."""

FEWEST_SEEDS = 5
"""Reference seeds of a statistical number."""

WIDEST = {"tight": 0.3, "trained": 0.02, "statistical": 0.3}
"""How far a number of each tier may be allowed to lie from its reference at most: in its own unit (AP, precision, a
share, a silhouette), of a value above one as a share of it. No reason makes it wider …"""

USUALLY, ONE_IN_TEN = 0.005, 0.1
"""… and of a chapter's tight and trained numbers no larger share than this may have more than that."""

NOT_A_NUMBER = ("nan", "inf", "-inf")
"""How an executed notebook, which is JSON, spells them."""

NEEDED = ("code", "data", "device", "threads", "versions", "date")
"""Provenance without which a reference proves nothing."""

DEFINITION = ("tier", "unit", "better", "metric", "source")


@dataclass(frozen=True)
class Row:
    """One line of the gate's table.

    Attributes:
        chapter: Where the number stands.
        key: Its key; '' for a line about the whole chapter.
        reference: What it should be, None if there is none.
        now: What it is, None if the chapter did not state it.
        tier: How they were compared.
        verdict: ``pass`` or what is wrong, in words.
        allowed: How far the number may lie from its reference; None where it must be equal.
    """

    chapter: str
    key: str
    reference: Value | None
    now: Value | None
    tier: str
    verdict: str
    allowed: float | None = None

    @property
    def passed(self) -> bool:
        """Whether this line is green."""
        return self.verdict == "pass"


def check(stated: Stated, references: References | None) -> list[Row]:
    """Compares one executed chapter with its references.

    Args:
        stated: What the chapter says now.
        references: What it should say, None if it was never blessed.

    Returns:
        One row per key on either side, and one per fault of the whole.
    """
    if references is None:
        return [Row(stated.chapter, "", None, None, "", "no references: zsr book bless --reason '…'")]
    faults = (*_faults(stated, references), *_wishes(references))
    rows = [Row(stated.chapter, "", None, None, "", fault) for fault in faults]
    for key in sorted(set(stated.claims) | set(references.claims)):
        now, reference = stated.claims.get(key), references.claims.get(key)
        tier = (now or reference.claim).tier
        rows.append(
            Row(
                stated.chapter,
                key,
                reference.claim.value if reference else None,
                now.value if now else None,
                tier,
                verdict(now, reference),
                None if reference is None else allowed(reference),
            )
        )
    return rows


def _faults(stated: Stated, references: References) -> Iterator[str]:
    missing = [name for name in NEEDED if not references.provenance.get(name) and name != "data"]
    if missing or "data" not in references.provenance:
        yield f"the references have no provenance ({', '.join(missing) or 'data'})"
        return
    expected = dict(references.provenance["data"])
    for name in sorted(set(expected) | set(stated.data)):
        if expected.get(name) != stated.data.get(name):
            yield f"the data set {name} has another checksum than the references'"


def _wishes(references: References) -> Iterator[str]:
    """What shows that references were wished for and not measured."""
    if not references.untouched:
        yield "its references were edited by hand: git checkout them, or measure: zsr book bless --reason '…'"
    widths = [width(each) for each in references.claims.values() if each.claim.tier in ("tight", "trained")]
    wide = sum(each > USUALLY for each in widths)
    if wide > max(1, ONE_IN_TEN * len(widths)):
        yield f"{wide} of {len(widths)} numbers may move by more than {USUALLY}; no more than one in ten may"


def verdict(now: Claim | None, reference: Reference | None) -> str:
    """``pass``, or what is wrong with a number, in words."""
    if now is None:
        return "gone: the chapter no longer states it"
    if now.value in NOT_A_NUMBER or _not_finite(now.value):
        return "not a number"
    if reference is None:
        return "new: it has no reference"
    changed = [name for name in DEFINITION if getattr(now, name) != getattr(reference.claim, name)]
    if changed:
        return f"defined otherwise ({', '.join(changed)})"
    if now.tier == "statistical" and len(reference.seeds) < FEWEST_SEEDS:
        return f"its reference has fewer than {FEWEST_SEEDS} seeds"
    if width(reference) > WIDEST.get(now.tier, math.inf):
        return f"may move by {allowed(reference):.2g}, more than any {now.tier} number may"
    if type(now.value) is not type(reference.claim.value) and now.tier in ("exact", "published"):
        return "drifted (another type)"
    return "pass" if _agrees(float_or_text(now.value), reference) else "drifted"


def float_or_text(value: Value) -> float | str:
    """Numbers as float for comparison; text stays."""
    return value if isinstance(value, str) else float(value)


def _not_finite(value: Value) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _agrees(now: float | str, reference: Reference) -> bool:
    most = allowed(reference)
    if most is None or isinstance(now, str):
        return now == float_or_text(reference.claim.value)
    return abs(now - reference.claim.value) <= most


def allowed(reference: Reference) -> float | None:
    """How far a number may lie from its reference; None where it must be equal."""
    claim = reference.claim
    if claim.tier in ("exact", "published"):
        return None
    if claim.tier in ("tight", "trained"):
        return reference.tolerance
    if len(reference.seeds) < FEWEST_SEEDS:
        return None
    # A number that no seed moves still may differ in its last digits elsewhere.
    return max(SPREAD * statistics.stdev(reference.seeds), 1e-9 * abs(float(claim.value)))


def width(reference: Reference) -> float:
    """`allowed` as `WIDEST` counts it; 0 where the number must be equal."""
    return (allowed(reference) or 0.0) / max(1.0, abs(float(reference.claim.value)) if allowed(reference) else 1.0)
