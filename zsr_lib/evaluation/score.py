"""From codes and labels to metrics: per query, per class (macro) and overall (micro)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.codes import check_codes
from zsr_lib.evaluation.matching import Matching, SameKey, SharedLabel, by_labels
from zsr_lib.evaluation.names import MetricSpec, parse
from zsr_lib.evaluation.protocols import RELEVANCE, Protocol
from zsr_lib.evaluation.rerank import Scores, SecondStage
from zsr_lib.evaluation.retrieval import MEMORY, Retrieval, rankings
from zsr_lib.evaluation.sides import Side

AS_GIVEN = Protocol()


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The metrics of one system under one protocol.

    Attributes:
        protocol: How queries and gallery were compared.
        per_query: Metric name → (Q,) values after the policy for queries without a relevant item.
        labels: (Q,) class of each query, or (Q, C) 0/1.
        relevant: (Q,) number R of relevant gallery items.
        gallery: (Q,) number of gallery items each query was ranked against.
        counted: (Q,) bool, False for queries that the policy `skip` leaves out of means.
    """

    protocol: Protocol
    per_query: dict[str, np.ndarray]
    labels: np.ndarray
    relevant: np.ndarray
    gallery: np.ndarray
    counted: np.ndarray

    def values(self, metric: str) -> np.ndarray:
        """The counted queries' values.

        Raises:
            UnknownNameError: The metric was not computed.
        """
        if metric not in self.per_query:
            raise UnknownNameError("metric of this evaluation", metric, self.per_query)
        return self.per_query[metric][self.counted]

    def micro(self, metric: str) -> float:
        """The mean over queries, which is what nearly all papers print."""
        return _mean(self.values(metric))

    def per_class(self, metric: str) -> dict[str, float]:
        """Class → mean over its queries; with several labels a query, it counts for each of them."""
        values, labels = self.values(metric), self.labels[self.counted]
        if labels.ndim == 2:
            return {str(column): _mean(values[labels[:, column] == 1]) for column in np.flatnonzero(labels.any(axis=0))}
        return {str(label): _mean(values[labels == label]) for label in np.unique(labels)}

    def macro(self, metric: str) -> float:
        """The mean over classes of their means; differs from `micro` where classes have unequally many queries."""
        return _mean(np.array(list(self.per_class(metric).values())))

    def clusters(self, by: str) -> np.ndarray | None:
        """What a bootstrap resamples as a whole: None for `query`, the counted queries' classes for `class`.

        Raises:
            BadInputError: `class`, but the queries have several labels.
        """
        if by == "query":
            return None
        if self.labels.ndim == 2:
            raise BadInputError("queries with several labels belong to no single class.", "resample queries instead.")
        return self.labels[self.counted]

    def over(self, metric: str, classes: Collection) -> float:
        """The mean over the queries whose class is among `classes`."""
        return _mean(self.values(metric)[np.isin(self.labels[self.counted], list(classes))])


class SeenUnseen(NamedTuple):
    """A generalised protocol's three numbers."""

    seen: float
    unseen: float
    harmonic: float


def seen_unseen(evaluation: Evaluation, metric: str, seen: Collection, unseen: Collection) -> SeenUnseen:
    """Means over seen-class and unseen-class queries, and their harmonic mean 2su / (s + u) (0 when both are 0).

    Raises:
        BadInputError: One of the groups has no query (only `generalised-both-20` has both).
    """
    first, second = evaluation.over(metric, seen), evaluation.over(metric, unseen)
    if np.isnan(first) or np.isnan(second):
        raise BadInputError(
            "a harmonic mean needs queries of seen and of unseen classes.",
            "use the setting 'generalised-both-20', which enlarges the queries too.",
        )
    both = first + second
    return SeenUnseen(first, second, 2 * first * second / both if both else 0.0)


def evaluate(
    queries: Side,
    gallery: Side,
    metrics: Iterable[str | MetricSpec],
    protocol: Protocol = AS_GIVEN,
    memory: int = MEMORY,
    device: str = "cpu",
    scores: Scores | None = None,
) -> Evaluation:
    """Ranks the gallery for every query and scores the rankings.

    Args:
        queries: Q queries, already chosen (`protocols.select`).
        gallery: N gallery items.
        metrics: Full metric names, or their parsed form.
        protocol: Distance, tie rule, policies, and what else goes into the printed name. Where labels are 0/1 matrices,
            relevance by class means by tag, and the evaluation's protocol says so.
        memory: Bytes that a batch of distances may take; never changes a result.
        device: `cpu`, or a torch device such as `cuda`.
        scores: Scores pairs by their tokens, where the protocol ranks the first again.

    Raises:
        BadInputError: Unusable codes, labels, ids or tokens, or a query without a relevant item under `error`.
        UnknownNameError: Unknown metric.
    """
    specs = dict.fromkeys(parse(metric) if isinstance(metric, str) else metric for metric in metrics)
    if protocol.relevance == "class" and np.ndim(queries.labels) == np.ndim(gallery.labels) == 2:
        protocol = replace(protocol, relevance="tag")
    retrieval = _retrieval(queries, gallery, protocol, scores)
    parts: dict[str, list[np.ndarray]] = {str(spec): [] for spec in specs}
    totals = []
    for ranking in rankings(retrieval, protocol.ties, memory, device):
        totals.append(ranking.total)
        for spec in specs:
            parts[str(spec)].append(spec.per_query(ranking))
    relevant, labels = np.concatenate(totals), np.asarray(queries.labels)
    lost = relevant == 0
    if protocol.no_relevant == "error" and lost.any():
        raise _nothing_relevant(labels, lost, protocol)
    per_query = {name: np.concatenate(values) for name, values in parts.items()}
    if protocol.no_relevant == "zero":
        per_query = {name: np.where(lost, 0.0, values) for name, values in per_query.items()}
    counted = ~lost if protocol.no_relevant == "skip" else np.ones_like(lost)
    return Evaluation(protocol, per_query, labels, relevant, retrieval.gallery_sizes(), counted)


def _retrieval(queries: Side, gallery: Side, protocol: Protocol, scores: Scores | None) -> Retrieval:
    """Codes and matchings as the protocol has them."""
    asked = queries.codes if queries.asked is None else queries.asked
    codes = check_codes(asked, gallery.codes, protocol.distance)
    exclude = within = second = None
    if protocol.gallery == "without-query":
        exclude = SameKey(queries.needed("ids", "self-exclusion"), gallery.needed("ids", "self-exclusion"))
    if protocol.gallery == "within-class":
        within = by_labels(queries.labels, gallery.labels)
    if protocol.rerank:
        purpose = f"re-ranking the first {protocol.rerank}"
        if scores is None:
            raise BadInputError(f"{purpose} needs scores.", "give evaluate(..., scores=system.rerank), or re-rank 0.")
        second = SecondStage(
            protocol.rerank, scores, queries.needed("tokens", purpose), gallery.needed("tokens", purpose)
        )
    return Retrieval(codes, _relevant(queries, gallery, protocol.relevance), exclude, within, second)


def _relevant(queries: Side, gallery: Side, by: str) -> Matching:
    if by == "pair":
        return SameKey(*(side.needed("pairs", "relevance by pair") for side in (queries, gallery)))
    if by == "tag":
        return SharedLabel(*(side.tag_matrix for side in (queries, gallery)))
    return SameKey(queries.labels, gallery.labels)


def _nothing_relevant(labels: np.ndarray, lost: np.ndarray, protocol: Protocol) -> BadInputError:
    """Names the classes whose queries have nothing to find."""
    classes = np.unique(labels[lost]) if labels.ndim == 1 else ["several labels"]
    names = [str(label) or "'', no label" for label in classes]
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return BadInputError(
        f"{lost.sum()} of {len(lost)} queries have no relevant gallery item, by {protocol.relevance}: "
        f"{RELEVANCE[protocol.relevance]} (class: {shown}).",
        "say what they score (no_relevant, on the command line --no-relevant: zero, skip or nan), "
        "or remove these queries.",
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
