"""Two rows that belong in every table: what a random ranking scores, and the best that any ranking could.

A random ranking is a single tie between all gallery items, so that chance is the expectation that the metrics compute
for ties anyway; the best ranking has all relevant items first. A relevant share of 1/4 does *not* mean a chance AP of
1/4: short lists of hits at the top are worth more than their absence costs (0.260 for 100 relevant of 400).
"""

from collections.abc import Callable

import numpy as np

from zsr_lib.evaluation.names import MetricSpec
from zsr_lib.evaluation.ranking import Ranking, from_blocks
from zsr_lib.evaluation.score import Evaluation

SAMPLES = 500
"""Random rankings behind the chance of a `voc` metric, whose expectation has no closed form."""


def is_exact(spec: MetricSpec) -> bool:
    """Whether `chance` of this metric is computed rather than simulated."""
    return spec.flavour != "voc"


def chance(spec: MetricSpec, relevant: int, gallery: int, seed: int = 0) -> float:
    """Expected value of a metric when the gallery is in random order.

    Exact, except for `voc` metrics: those are the mean over `SAMPLES` seeded random rankings.

    Args:
        spec: The metric.
        relevant: R, number of relevant items.
        gallery: N, number of gallery items.
        seed: For simulated metrics.
    """
    if not is_exact(spec) and 0 < relevant < gallery:
        return float(spec.per_query(_shuffled(relevant, gallery, np.random.default_rng(seed))).mean())
    return float(spec.per_query(_single_block(relevant, gallery))[0])


def oracle(spec: MetricSpec, relevant: int) -> float:
    """Value of a metric when all `relevant` items come first: 1 but for denominators beyond R, such as P@200/k."""
    return float(spec.per_query(_single_block(relevant, relevant))[0])


def chance_of(evaluation: Evaluation, spec: MetricSpec) -> float:
    """Mean chance value over the counted queries of an evaluation, each with its own R and gallery size."""
    return _mean_over(evaluation, lambda relevant, gallery: chance(spec, relevant, gallery))


def oracle_of(evaluation: Evaluation, spec: MetricSpec) -> float:
    """Mean best value over the counted queries of an evaluation."""
    return _mean_over(evaluation, lambda relevant, gallery: oracle(spec, relevant))


def _mean_over(evaluation: Evaluation, value: Callable[[int, int], float]) -> float:
    """Mean of a value that depends on R and N only."""
    sizes = np.stack([evaluation.relevant, evaluation.gallery], axis=1)[evaluation.counted]
    kinds, counts = np.unique(sizes, axis=0, return_counts=True)
    values = np.array([value(int(relevant), int(gallery)) for relevant, gallery in kinds])
    if evaluation.protocol.no_relevant == "zero":
        values = np.nan_to_num(values)
    return float(np.average(values, weights=counts)) if len(values) else float("nan")


def _single_block(relevant: int, size: int) -> Ranking:
    """One query whose relevant items are spread over `size` tied ranks."""
    start = np.zeros(relevant, dtype=np.int64)
    return from_blocks(start, start, start + size, queries=1)


def _shuffled(relevant: int, gallery: int, generator: np.random.Generator) -> Ranking:
    """`SAMPLES` queries with random ranks of their relevant items."""
    picks = [np.sort(generator.choice(gallery, relevant, replace=False)) for _ in range(SAMPLES)]
    position = np.concatenate(picks)
    return from_blocks(np.repeat(np.arange(SAMPLES), relevant), position, position + 1, SAMPLES)
