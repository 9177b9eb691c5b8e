"""Metric names that say everything: `AP@200/voc/min_r_k` is a metric, `mAP@200` is five of them and is refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation import average_precision as ap
from zsr_lib.evaluation import cutoffs
from zsr_lib.evaluation.ranking import Ranking

_PATTERN = re.compile(r"(?P<kind>AP|P|Acc|recall|nDCG|meanP)@(?P<cut>all|10\.\.[1-9]\d*|[1-9]\d*)(?P<rest>(/\w+)*)")
_LOOSE = re.compile(r"(?P<kind>m?ap|p|prec|precision)(@(?P<cut>all|[1-9]\d*))?(/\w+)*", re.IGNORECASE)
_EXAMPLES = (
    "AP@all/std",
    "AP@all/voc",
    "AP@200/std/min_r_k",
    "P@100/k",
    "Acc@1",
    "recall@10",
    "nDCG@10",
    "R-precision",
    "meanP@10..50/legacy",
)


class AmbiguousMetricError(BadInputError):
    """A name that several definitions share; the remedy lists them."""


@dataclass(frozen=True)
class MetricSpec:
    """One metric, fully defined; `str` prints the name and `parse` reads it back.

    Attributes:
        kind: `AP`, `P`, `Acc`, `recall`, `nDCG`, `R-precision` or `meanP`.
        cutoff: k; None means the whole gallery (`AP`, `nDCG`) or no cut-off at all (`R-precision`).
        flavour: `std` or `voc` for `AP`, else None.
        denominator: For `AP` with a cut-off one of `average_precision.DENOMINATORS`, for `P` one of
            `cutoffs.P_DENOMINATORS`, else None.
    """

    kind: str
    cutoff: int | None = None
    flavour: str | None = None
    denominator: str | None = None

    def __str__(self) -> str:
        if self.kind == "R-precision":
            return self.kind
        if self.kind == "meanP":
            return f"meanP@10..{self.cutoff}/legacy"
        return "/".join([f"{self.kind}@{self.cutoff or 'all'}", *filter(None, (self.flavour, self.denominator))])

    def per_query(self, ranking: Ranking) -> np.ndarray:
        """(q,) values; NaN for a query without a relevant item."""
        return _COMPUTE[self.kind](ranking, self)


_COMPUTE: dict[str, Callable[[Ranking, MetricSpec], np.ndarray]] = {
    "AP": lambda ranking, spec: _average_precision(ranking, spec),
    "P": lambda ranking, spec: cutoffs.precision(ranking, spec.cutoff, spec.denominator),
    "Acc": lambda ranking, spec: cutoffs.accuracy(ranking, spec.cutoff),
    "recall": lambda ranking, spec: cutoffs.recall(ranking, spec.cutoff),
    "nDCG": lambda ranking, spec: cutoffs.ndcg(ranking, spec.cutoff),
    "R-precision": lambda ranking, spec: cutoffs.r_precision(ranking),
    "meanP": lambda ranking, spec: cutoffs.mean_precision(ranking, spec.cutoff),
}


def _average_precision(ranking: Ranking, spec: MetricSpec) -> np.ndarray:
    """AP over the whole gallery has one denominator and does not name it."""
    return ap.average_precision(ranking, spec.cutoff, spec.denominator if spec.cutoff else "r", spec.flavour)


def parse(name: str) -> MetricSpec:
    """Reads a metric's full name.

    >>> str(parse("AP@200/voc/min_r_k"))
    'AP@200/voc/min_r_k'

    Raises:
        AmbiguousMetricError: `mAP`, `mAP@200`, `P@100` and the like; the message lists what they could mean.
        UnknownNameError: Not a metric.
    """
    if name == "R-precision":
        return MetricSpec(name)
    match = _PATTERN.fullmatch(name)
    spec = match and _complete(match["kind"], match["cut"], tuple(match["rest"].split("/")[1:]))
    if spec:
        return spec
    if loose := _LOOSE.fullmatch(name):
        raise _ambiguous(name, loose["kind"].lower(), loose["cut"])
    raise UnknownNameError("metric", name, _EXAMPLES, f"write the full definition, for example {', '.join(_EXAMPLES)}.")


def _complete(kind: str, cut: str, rest: tuple[str, ...]) -> MetricSpec | None:
    """The metric, or None when a part of its definition is missing, unknown or out of place."""
    if kind == "meanP":
        last = int(cut[4:]) if cut.startswith("10..") else 0
        return MetricSpec(kind, last) if rest == ("legacy",) and last and last % 10 == 0 else None
    if ".." in cut or (cut == "all" and kind not in ("AP", "nDCG")):
        return None
    cutoff = None if cut == "all" else int(cut)
    if kind == "AP":
        full = len(rest) == (1 if cutoff is None else 2) and rest[0] in ap.FLAVOURS
        return MetricSpec(kind, cutoff, *rest) if full and set(rest[1:]) <= set(ap.DENOMINATORS) else None
    if kind == "P":
        return MetricSpec(kind, cutoff, None, *rest) if len(rest) == 1 and rest[0] in cutoffs.P_DENOMINATORS else None
    return None if rest else MetricSpec(kind, cutoff)


def _ambiguous(name: str, kind: str, cut: str | None) -> AmbiguousMetricError:
    """The refusal of a short name, with every full name that it could stand for."""
    if "ap" not in kind:
        rank = 100 if cut in (None, "all") else cut
        meanings = [f"P@{rank}/{denominator}" for denominator in cutoffs.P_DENOMINATORS]
    else:
        rank = cut or "200"
        meanings = [f"AP@all/{flavour}" for flavour in ap.FLAVOURS] if cut in (None, "all") else []
        if cut != "all":
            meanings += [f"AP@{rank}/{flavour}/{by}" for flavour in ap.FLAVOURS for by in ap.DENOMINATORS]
        if cut is None:
            meanings += [f"meanP@10..{last}/legacy" for last in (50, 100)]
    return AmbiguousMetricError(
        f"'{name}' names several metrics, which disagree about one and the same ranking.",
        f"name one of {', '.join(meanings)}.",
    )
