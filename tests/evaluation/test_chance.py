import numpy as np
import pytest

from zsr_lib.evaluation.chance import chance, chance_of, is_exact, oracle, oracle_of
from zsr_lib.evaluation.names import parse
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.evaluation.ranking import from_relevance
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side

NAMES = ["AP@all/std", "AP@200/std/rel_in_k", "AP@200/voc/min_r_k", "P@100/k", "nDCG@10", "Acc@5", "R-precision"]


def test_earth_on_canvas_chance_is_above_one_in_four():
    assert chance(parse("AP@all/std"), 100, 400) == pytest.approx(0.260, abs=5e-4)
    assert chance(parse("P@100/k"), 100, 400) == pytest.approx(0.25)


@pytest.mark.parametrize("name", NAMES)
def test_chance_is_what_random_rankings_score(name, rng):
    relevance = rng.permuted(np.tile(np.arange(400) < 100, (4000, 1)), axis=1)
    sampled = parse(name).per_query(from_relevance(relevance))
    spread = np.sqrt(1 / 4000 + (0 if is_exact(parse(name)) else 1 / 500)) * sampled.std()
    assert chance(parse(name), 100, 400) == pytest.approx(sampled.mean(), abs=4 * spread)


def test_only_interpolated_metrics_are_simulated():
    assert [name for name in NAMES if not is_exact(parse(name))] == ["AP@200/voc/min_r_k"]
    assert chance(parse("AP@200/voc/min_r_k"), 100, 400) == chance(parse("AP@200/voc/min_r_k"), 100, 400)


@pytest.mark.parametrize(
    ("name", "best"), [("AP@all/voc", 1), ("P@200/k", 0.5), ("P@200/min_r_k", 1), ("AP@50/std/r", 0.5)]
)
def test_the_best_that_a_ranking_can_score(name, best):
    assert oracle(parse(name), 100) == pytest.approx(best)


def test_means_over_queries_with_their_own_galleries(rng):
    labels = np.repeat([0, 1, 2], [10, 30, 60])
    gallery = Side(rng.normal(size=(100, 3)), labels, ids=np.arange(100))
    result = evaluate(gallery, gallery, ["P@20/k"], Protocol(gallery="without-query"))
    spec = parse("P@20/k")
    expected = (10 * 9 / 99 + 30 * 29 / 99 + 60 * 59 / 99) / 100
    assert chance_of(result, spec) == pytest.approx(expected)
    assert oracle_of(result, spec) == pytest.approx((10 * 9 / 20 + 90) / 100)


def test_queries_without_a_relevant_item_follow_the_policy(rng):
    queries, gallery = (Side(rng.normal(size=(2, 3)), np.array(labels)) for labels in ([0, 1], [0, 0]))
    for policy, value in (("zero", 0.5), ("skip", 1.0), ("nan", np.nan)):
        result = evaluate(queries, gallery, ["P@2/k"], Protocol(no_relevant=policy))
        np.testing.assert_equal(chance_of(result, parse("P@2/k")), value)
