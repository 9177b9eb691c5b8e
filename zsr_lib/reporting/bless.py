"""Makes references from repeated runs, so that a tolerance is measured and not wished for."""

import datetime
import math
import statistics
from collections.abc import Mapping, Sequence

from zsr_lib.errors import BadInputError, ZsrError
from zsr_lib.reporting.executed import Claim, Stated, Value
from zsr_lib.reporting.gate import FEWEST_SEEDS, NOT_A_NUMBER, WIDEST, allowed, float_or_text, width
from zsr_lib.reporting.references import Reference, References

MARGIN = 10.0
"""A tight tolerance is this many times the largest difference seen between repeats (other threads, other kernels) …"""

USUAL = 0.75
"""… or that this share of the chapter's numbers that moved at all stay within, if that is more: which number meets two
results that change places in a ranking is chance, and another processor swaps another pair …"""

TRAINED_MARGIN = 4.0
"""A trained number's tolerance is this many times its spread over processors …"""

SHARE_OF_SEEDS = 0.25
"""… which must not exceed this share of its spread over seeds, so that the tolerance stays below one of their standard
deviations and a change of three is seen …"""

WITHOUT_SEEDS = 0.002
"""… or, where no seeds were run, this much (AP or precision)."""

SWAP_RANK = 10
"""A trained number may always change by what two neighbours at this rank weigh that change places in one query."""

STILL = 1e-9
"""A number that differs by less has not moved: that is rounding in float64."""

FLOOR = 1e-6
"""… and at least this share of the value: float32 sums in another order move that much."""


def make_references(
    repeats: Sequence[Stated],
    seeds: Sequence[Stated],
    provenance: dict[str, object],
    reason: str,
    before: References | None,
    elsewhere: Mapping[str, dict[str, Value]] | None = None,
) -> References:
    """References for one chapter.

    Args:
        repeats: The same run again, at least twice, with other threads and kernels; the first is the reported one.
        seeds: Runs with different seeds; may be empty when no claim is statistical.
        provenance: Of these runs.
        reason: Why the references change, in the words of the person who changes them.
        before: The references so far, whose history is kept.
        elsewhere: What `moves` says of the repeats.

    Raises:
        BadInputError: No reason was given.
        ZsrError: Repeats disagree about an exact number, a statistical one has too few seeds, a trained one moves
            so far between processors that its training is at fault, or a tolerance would be wider than its tier's may.
    """
    if not reason.strip():
        raise BadInputError("references change only for a reason.", "say it: zsr book bless --reason '…'.")
    for run in (*repeats, *seeds):
        missing = sorted(set(repeats[0].claims) ^ set(run.claims))
        if missing:
            raise ZsrError(
                f"repeated runs do not state the same numbers ({', '.join(missing)}).",
                "state a number always or never.",
            )
    usual = _usual(repeats)
    claims = {key: _narrow(_reference(claim, repeats, seeds, usual)) for key, claim in repeats[0].claims.items()}
    entry = {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), "reason": reason.strip()}
    return References(claims, provenance, [*(before.history if before else []), entry], elsewhere or {})


def _usual(repeats: Sequence[Stated]) -> float:
    """The difference that `USUAL` of those tight numbers stay within that differ between repeats."""
    tight = [key for key, claim in repeats[0].claims.items() if claim.tier == "tight"]
    differences = (_apart([float_or_text(run.claims[key].value) for run in repeats]) for key in tight)
    moved = sorted(each for each in differences if each > STILL)
    return moved[math.ceil(USUAL * len(moved)) - 1] if moved else 0.0


def _apart(values: Sequence[float]) -> float:
    finite = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    return max(finite) - min(finite) if finite else 0.0


def _reference(claim: Claim, repeats: Sequence[Stated], seeds: Sequence[Stated], usual: float) -> Reference:
    if float_or_text(claim.value) in NOT_A_NUMBER or claim.value != claim.value:
        raise ZsrError(f"'{claim.key}' is not a number.", "mend the chapter; nothing can be compared with it.")
    values = [float_or_text(run.claims[claim.key].value) for run in repeats]
    if claim.tier in ("exact", "published"):
        if len(set(values)) > 1:
            raise ZsrError(
                f"'{claim.key}' is called {claim.tier} but repeated runs gave {sorted(set(values))}.",
                "make it deterministic, or give it the tier 'tight' or 'statistical'.",
            )
        return Reference(claim)
    if claim.tier == "trained":
        return Reference(claim, tolerance=_trained_tolerance(claim, values, seeds, repeats[0].queries))
    if claim.tier == "tight":
        allowed = max(MARGIN * _apart(values), MARGIN * usual, FLOOR * abs(values[0]), 1e-12)
        return Reference(claim, tolerance=float(f"{allowed:.2g}"))
    spread = [float(run.claims[claim.key].value) for run in seeds]
    if len(spread) < FEWEST_SEEDS:
        raise ZsrError(
            f"'{claim.key}' is statistical but has {len(spread)} seeds.", f"run at least {FEWEST_SEEDS} seeds."
        )
    return Reference(claim, seeds=tuple(spread))


def _narrow(reference: Reference) -> Reference:
    """The reference, if the gate would accept how far it may move."""
    claim = reference.claim
    if width(reference) > WIDEST.get(claim.tier, math.inf):
        raise ZsrError(
            f"'{claim.key}' would be allowed to move by {allowed(reference):.2g}; no {claim.tier} number may.",
            "make it steadier (more data, more seeds, float64), or state another number.",
        )
    return reference


def _trained_tolerance(claim: Claim, values: Sequence[float], seeds: Sequence[Stated], queries: int) -> float:
    if not queries:
        raise ZsrError(f"'{claim.key}' is trained, but its chapter ranks nothing.", "say queries_asked(count) there.")
    apart, over = _apart(values), [float(run.claims[claim.key].value) for run in seeds]
    swap = 1 / (SWAP_RANK * queries)
    most = SHARE_OF_SEEDS * statistics.stdev(over) if len(over) > 1 else WITHOUT_SEEDS
    # One pair of ranks may always change places: that is no fault of the training.
    if apart > max(most, swap, FLOOR * abs(values[0])):
        raise ZsrError(
            f"'{claim.key}' moves by {apart:.2g} between processors, more than {most:.2g}"
            + (f", a quarter of its spread over {len(over)} seeds." if over else "."),
            "mend the training (float64, fewer steps, larger batches); a tolerance that wide would hide a change.",
        )
    return float(f"{max(TRAINED_MARGIN * apart, swap, FLOOR * abs(values[0]), 1e-12):.2g}")


def moves(here: Stated, elsewhere: Mapping[str, Stated]) -> dict[str, dict[str, Value]]:
    """Processor → how many numbers moved there, which one most, and how far; for `References.elsewhere`."""
    found = {}
    for name, run in elsewhere.items():
        pairs = {key: [float_or_text(each.claims[key].value) for each in (here, run)] for key in here.claims}
        apart = {key: _apart(values) for key, values in pairs.items()}
        furthest = max(apart, key=lambda key: apart[key], default="")
        moved = sum(each > STILL for each in apart.values())
        found[name] = {"moved": moved, "key": furthest, "by": float(f"{apart.get(furthest, 0.0):.2g}")}
    return found
