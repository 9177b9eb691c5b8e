from dataclasses import replace

import numpy as np
import pytest

from tests.evaluation import naive
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.evaluation.score import evaluate, seen_unseen
from zsr_lib.evaluation.sides import Side

METRICS = ["AP@all/std", "AP@10/voc/min_r_k", "P@5/k", "Acc@1"]
# Distances 0 … 3 from the single query at 0.
LINE = np.arange(4, dtype=float)[:, None]


def line(relevant, **fields):
    return Side(LINE, np.where(relevant, "harbor", "river"), **fields)


@pytest.fixture
def sides(rng):
    return [Side(rng.normal(size=(rows, 6)).astype(np.float32), rng.integers(0, 4, rows)) for rows in (90, 150)]


@pytest.mark.parametrize("name", naive.ALL_NAMES)
def test_agrees_with_the_definitions_from_codes_to_the_mean(name, sides):
    queries, gallery = sides
    far = ((queries.codes[:, None].astype(float) - gallery.codes[None]) ** 2).sum(axis=2)
    ranked = gallery.labels[np.argsort(far, axis=1)] == queries.labels[:, None]
    values = [naive.metric(name, row.tolist()) for row in ranked]
    result = evaluate(queries, gallery, [name])
    np.testing.assert_allclose(result.per_query[name], values, atol=1e-9)
    means = [np.mean(np.array(values)[queries.labels == label]) for label in range(4)]
    assert result.micro(name) == pytest.approx(np.mean(values))
    assert list(result.per_class(name).values()) == pytest.approx(means)
    assert result.macro(name) == pytest.approx(np.mean(means))


def test_text_labels_and_numbers_agree(sides):
    named = [Side(side.codes, np.array(["airplane", "river", "harbor", "runway"])[side.labels]) for side in sides]
    for metric in METRICS:
        assert evaluate(*named, METRICS).micro(metric) == evaluate(*sides, METRICS).micro(metric)
    assert set(evaluate(*named, METRICS).per_class("Acc@1")) == {"airplane", "river", "harbor", "runway"}


@pytest.mark.parametrize(("policy", "micro"), [("zero", 0.5), ("skip", 1.0), ("nan", np.nan)])
def test_queries_without_a_relevant_item(policy, micro):
    queries = Side(LINE[:2], np.array(["harbor", "runway"]))
    result = evaluate(queries, line([1, 1, 1, 1]), ["AP@all/std"], Protocol(no_relevant=policy))
    np.testing.assert_equal(result.micro("AP@all/std"), micro)
    assert result.counted.tolist() == [True, policy != "skip"]


def test_by_default_such_queries_are_an_error_that_names_the_class():
    with pytest.raises(BadInputError, match=r"1 of 2 queries.*runway[\s\S]*--no-relevant: zero, skip or nan"):
        evaluate(Side(LINE[:2], np.array(["harbor", "runway"])), line([1, 1, 1, 1]), METRICS)


def test_all_queries_skipped_gives_no_number():
    result = evaluate(Side(LINE, np.array(["dam"] * 4)), line([1, 0, 0, 0]), METRICS, Protocol(no_relevant="skip"))
    assert np.isnan(result.micro("AP@all/std"))
    assert result.per_class("AP@all/std") == {}


def test_self_exclusion_by_id():
    side = line([1, 0, 1, 1], ids=np.array(list("abcd")))
    kept = evaluate(side, side, ["AP@all/std"], Protocol(no_relevant="skip"))
    without = evaluate(side, side, ["AP@all/std"], Protocol(gallery="without-query", no_relevant="skip"))
    assert kept.per_query["AP@all/std"][0] == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert without.per_query["AP@all/std"][0] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert without.counted.tolist() == [True, False, True, True]
    assert (kept.gallery.tolist(), without.gallery.tolist()) == ([4] * 4, [3] * 4)


def test_any_shared_label_is_relevant():
    queries = Side(LINE[:1], np.array([[1, 1, 0]]))
    gallery = Side(LINE, np.array([[0, 0, 1], [0, 1, 1], [0, 0, 1], [1, 0, 0]]))
    result = evaluate(queries, gallery, ["AP@all/std"])
    assert result.micro("AP@all/std") == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert result.per_class("AP@all/std") == {"0": 0.5, "1": 0.5}
    with pytest.raises(BadInputError, match="several labels"):
        result.clusters("class")


def test_any_shared_label_with_the_metrics_of_the_multi_spectral_study(rng):
    """torchmetrics with top_k: the mean of the precisions at the hits among the first k, and hits / k."""
    sides = [Side(rng.normal(size=(rows, 5)), (rng.random((rows, 6)) < 0.2).astype(int)) for rows in (40, 120)]
    sides = [Side(side.codes, np.where(side.labels.any(axis=1, keepdims=True), side.labels, 1)) for side in sides]
    queries, gallery = sides
    found = evaluate(queries, gallery, ["AP@20/std/rel_in_k", "P@20/k"])
    for row, (code, tags) in enumerate(zip(queries.codes, queries.labels, strict=True)):
        nearest = np.argsort(((gallery.codes - code) ** 2).sum(axis=1))[:20]
        hits = [bool(set(np.flatnonzero(tags)) & set(np.flatnonzero(gallery.labels[each]))) for each in nearest]
        precisions = [sum(hits[: rank + 1]) / (rank + 1) for rank in range(20) if hits[rank]]
        wanted = sum(precisions) / len(precisions) if precisions else 0.0
        assert found.per_query["AP@20/std/rel_in_k"][row] == pytest.approx(wanted)
        assert found.per_query["P@20/k"][row] == pytest.approx(sum(hits) / 20)
    assert found.protocol.relevance == "tag"


def test_queries_may_be_others_than_what_a_gallery_keeps(sides):
    queries, gallery = sides
    asked = replace(queries, codes=np.zeros_like(queries.codes), asked=queries.codes)
    rows = np.arange(0, 90, 3)
    wanted = evaluate(queries.take(rows), gallery, METRICS)
    for metric in METRICS:
        np.testing.assert_array_equal(
            evaluate(asked.take(rows), gallery, METRICS).per_query[metric], wanted.per_query[metric]
        )


def test_the_partner_is_looked_for_within_the_class():
    queries = Side(LINE[:1], np.array(["harbor"]), pairs=np.array(["p3"]))
    gallery = line([1, 0, 0, 1], pairs=np.array(["p0", "p1", "p2", "p3"]))
    everywhere = evaluate(queries, gallery, ["AP@all/std"], Protocol(relevance="pair"))
    fine = evaluate(queries, gallery, ["AP@all/std", "Acc@1"], Protocol(relevance="pair", gallery="within-class"))
    assert (everywhere.micro("AP@all/std"), fine.micro("AP@all/std"), fine.micro("Acc@1")) == (1 / 4, 1 / 2, 0)


def test_ids_and_pairs_are_asked_for_when_needed():
    for protocol, name in ((Protocol(gallery="without-query"), "ids"), (Protocol(relevance="pair"), "pairs")):
        with pytest.raises(BadInputError, match=f"needs {name}"):
            evaluate(line([1, 1, 0, 0]), line([1, 1, 0, 0]), METRICS, protocol)


def test_harmonic_mean_of_seen_and_unseen(sides):
    result = evaluate(*sides, METRICS)
    both = seen_unseen(result, "P@5/k", seen=[0, 1], unseen=[2, 3])
    assert both.harmonic == pytest.approx(2 / (1 / both.seen + 1 / both.unseen))
    with pytest.raises(BadInputError, match="seen and of unseen"):
        seen_unseen(result, "P@5/k", seen=[0, 1, 2, 3], unseen=[])


def test_bad_input(sides):
    with pytest.raises(BadInputError, match="labels of shape"):
        Side(LINE, np.arange(3))
    with pytest.raises(UnknownNameError, match="metric of this evaluation"):
        evaluate(*sides, METRICS).micro("Acc@5")


def test_tags_and_classes_are_told_apart_by_name():
    tags = np.array([[0, 0, 1], [0, 1, 1], [0, 0, 1], [1, 0, 0]])
    queries, gallery = Side(LINE[:1], np.array(["harbor"]), tags=tags[1:2]), line([1, 0, 0, 0], tags=tags)
    by_class = evaluate(queries, gallery, ["AP@all/std"])
    by_tag = evaluate(queries, gallery, ["AP@all/std"], Protocol(relevance="tag"))
    as_labels = evaluate(Side(LINE[:1], tags[1:2]), Side(LINE, tags), ["AP@all/std"])
    assert [each.relevant.tolist() for each in (by_class, by_tag, as_labels)] == [[1], [3], [3]]
    assert by_class.protocol.name != by_tag.protocol.name == as_labels.protocol.name
    assert by_tag.per_class("AP@all/std") == {"harbor": 1.0}


def test_tags_and_pairs_that_do_not_fit():
    gallery, by_tag = line([1, 0, 0, 0], tags=np.eye(4, dtype=int)), Protocol(relevance="tag")
    with pytest.raises(BadInputError, match=r"\(1, 3\) and \(4, 4\)"):
        evaluate(Side(LINE[:1], ["harbor"], tags=np.array([[1, 0, 1]])), gallery, METRICS, by_tag)
    with pytest.raises(BadInputError, match="tags of shape"):
        line([1, 0, 0, 0], tags=np.eye(3))
    with pytest.raises(BadInputError, match="relevance by tag needs tags"):
        evaluate(line([1, 0, 0, 0]), gallery, METRICS, by_tag)
    lonely = Side(LINE[:2], ["harbor", "dam"], pairs=["p1", ""])
    with pytest.raises(BadInputError, match=r"1 of 2 queries .* partner item"):
        evaluate(lonely, line([1, 0, 0, 0], pairs=["p1", "p2", "", "p3"]), METRICS, Protocol(relevance="pair"))
