from dataclasses import replace

import numpy as np
import pytest

import zsr_lib
from zsr_lib.data.datasets import load_dataset
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.directions import DIRECTIONS
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.config import DataConfig, RetrievalConfig
from zsr_lib.experiments.earlier import rescoring_of
from zsr_lib.experiments.run_cell import rescore, run_cell
from zsr_lib.experiments.scoring import halves, score
from zsr_lib.experiments.summary import blocks_of
from zsr_lib.experiments.table import ranking_of
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run


@pytest.fixture
def fitted(shelf, tmp_path):
    task = shelf.task(DataConfig("eoc", 8), "eoc-sample-5", 0)
    method = create("colour")
    method.fit(task, Run(folder=tmp_path))
    return method, task


def naive(queries, gallery, same):
    """Mean AP and P@5 by a plain loop; distances are distinct, so there are no ties."""
    precisions, tops = [], []
    for row, query in enumerate(queries.pixels.mean((1, 2))):
        distances = np.linalg.norm(gallery.pixels.mean((1, 2)) - query, axis=1)
        ranked = [column for column in np.argsort(distances) if not (same and column == row)]
        hits = (gallery.labels[ranked] == queries.labels[row]).astype(float)
        tops.append(hits[:5].sum() / 5)
        precisions.append(np.mean([hits[: rank + 1].mean() for rank in np.flatnonzero(hits)]))
    return np.mean(precisions), np.mean(tops)


def test_each_direction_equals_a_plain_loop_over_unseen_items(fitted):
    method, task = fitted
    scored = score(method, task, ("AP@all/std", "P@5/k"), DIRECTIONS)
    sides = {"sketch": task.queries(), "photo": task.gallery()}
    for direction, (evaluation, ids, _) in scored.items():
        queries, gallery = (sides[name] for name in direction.split("→"))
        expected = naive(queries, gallery, queries is gallery)
        assert evaluation.micro("AP@all/std") == pytest.approx(expected[0], abs=1e-6)
        assert evaluation.micro("P@5/k") == pytest.approx(expected[1], abs=1e-6)
        assert ids.tolist() == queries.ids.tolist()
        assert evaluation.protocol.name.startswith(f"{direction}; zero-shot; gallery ")
        assert evaluation.protocol.distance == "euclidean"


def test_only_what_is_needed_is_embedded_and_once(fitted, monkeypatch):
    method, task = fitted
    asked = []
    inner = method.embed
    monkeypatch.setattr(method, "embed", lambda items: asked.append(items.modality) or inner(items))
    score(method, task, ("Acc@1",), ("photo→photo",))
    assert asked == ["photo"]
    score(method, task, ("Acc@1",), DIRECTIONS)
    assert sorted(asked[1:]) == ["photo", "sketch"]


def test_per_query_values_come_with_ids_and_labels(fitted):
    scored = score(*fitted, ("Acc@1",), ("sketch→photo",))["sketch→photo"]
    named = scored.per_query()
    assert list(named) == ["ids", "labels", "Acc@1"]
    assert all(name.startswith(f"{label}/") for name, label in zip(named["ids"], named["labels"], strict=True))


AP, WAY = ("AP@all/std",), ("sketch→photo",)


def by_hand(queries, gallery, same, orders):
    """Mean AP over ranked gallery rows, given for each query."""
    values = []
    for row, ranked in enumerate(orders):
        hits = np.array([same(queries, row, gallery, column) for column in ranked], float)
        values.append(np.mean([hits[: rank + 1].mean() for rank in np.flatnonzero(hits)]))
    return np.mean(values)


def nearest(queries, gallery):
    means = [items.pixels.mean((1, 2)) for items in (queries, gallery)]
    return np.argsort(np.linalg.norm(means[0][:, None] - means[1][None], axis=-1), axis=1).tolist()


def same_class(queries, row, gallery, column):
    return queries.labels[row] == gallery.labels[column]


def with_sketches(task, **changes):
    items = {**task.dataset.items, "sketch": replace(task.dataset.sketches, **changes)}
    return replace(task, dataset=replace(task.dataset, items=items))


def test_the_first_are_ranked_again_by_tokens_that_are_made_once(fitted, colour):
    method, task = fitted
    queries, gallery = task.queries(), task.gallery()
    quarters = [method.tokens(items) for items in (queries, gallery)]
    colour.tokens_of = ()
    orders = []
    for tokens, order in zip(quarters[0], nearest(queries, gallery), strict=True):
        far = ((tokens - quarters[1]) ** 2).sum((1, 2))
        orders.append(sorted(order[:7], key=lambda column: far[column]) + order[7:])
    rules = RetrievalConfig(rerank=7)
    scored = score(method, task, AP, ("sketch→photo", "photo→sketch", "photo→photo"), rules)
    found = scored["sketch→photo"].evaluation
    assert found.micro(AP[0]) == pytest.approx(by_hand(queries, gallery, same_class, orders), abs=1e-6)
    assert found.protocol.name.endswith("; first 7 re-ranked")
    assert sorted(colour.tokens_of) == ["photo", "sketch"]


def test_nothing_is_ranked_again_without_tokens_or_beyond_the_gallery(fitted, colour, monkeypatch):
    with pytest.raises(BadInputError, match="holds 30 items"):
        score(*fitted, AP, WAY, RetrievalConfig(rerank=31))
    assert score(*fitted, AP, WAY, RetrievalConfig(rerank=30))
    monkeypatch.setattr(colour, "tokens", lambda self, items: None)
    with pytest.raises(BadInputError, match="'colour' has no tokens"):
        score(*fitted, AP, WAY, RetrievalConfig(rerank=5))
    assert score(*fitted, AP, WAY)


def test_partners_are_found_from_either_side(fitted):
    method, task = fitted
    rows = np.random.default_rng(3).integers(0, len(task.dataset.photos), len(task.dataset.sketches))
    task = with_sketches(task, pairs=task.dataset.photos.ids[rows])
    rules = RetrievalConfig(relevance="pair", no_relevant="skip")
    scored = score(method, task, AP, ("sketch→photo", "photo→sketch"), rules)
    sides = {"sketch": task.queries(), "photo": task.gallery()}

    def partners(queries, row, gallery, column):
        ids = {queries.modality: queries.ids[row], gallery.modality: gallery.ids[column]}
        sketch = sides["sketch"].ids.tolist().index(ids["sketch"])
        return sides["sketch"].pairs[sketch] == ids["photo"]

    for direction, (evaluation, *_) in scored.items():
        queries, gallery = (sides[end] for end in direction.split("→"))
        counts = [sum(partners(queries, row, gallery, column) for column in range(len(gallery)))
                  for row in range(len(queries))]  # fmt: skip
        assert evaluation.relevant.tolist() == counts
        kept = queries.take(np.flatnonzero(counts))
        expected = by_hand(kept, gallery, partners, nearest(kept, gallery))
        assert evaluation.micro(AP[0]) == pytest.approx(expected, abs=1e-6)
    with pytest.raises(BadInputError, match="by pair: the query's own partner item"):
        score(method, task, AP, WAY, RetrievalConfig(relevance="pair"))


def test_data_without_pairs_have_no_partners(fitted):
    for direction in ("sketch→photo", "photo→photo"):
        with pytest.raises(BadInputError, match=f"in {direction} no item has a partner"):
            score(*fitted, AP, (direction,), RetrievalConfig(relevance="pair"))


def tagged(items):
    """The same items; their tags are the bits of their labels, numbered from 1."""
    tags = ((items.labels[:, None] + 1 >> np.arange(4)) & 1).astype(np.uint8)
    return replace(items, tags=tags, tag_names=("1", "2", "4", "8"))


def test_shared_tags_are_relevant_and_have_a_name_of_their_own(fitted):
    method, task = fitted
    items = {name: tagged(each) for name, each in task.dataset.items.items()}
    task = replace(task, dataset=replace(task.dataset, items=items))
    by_tag = score(method, task, AP, WAY, RetrievalConfig(relevance="tag"))[WAY[0]].evaluation
    queries, gallery = task.queries(), task.gallery()

    def share(queries, row, gallery, column):
        return queries.labels[row] + 1 & gallery.labels[column] + 1

    shared = [[bool(share(queries, row, gallery, column)) for column in order]
              for row, order in enumerate(nearest(queries, gallery))]  # fmt: skip
    hits = by_hand(queries, gallery, lambda _, row, __, column: shared[row][column],
                   [range(len(gallery))] * len(queries))  # fmt: skip
    assert by_tag.micro(AP[0]) == pytest.approx(hits, abs=1e-6)
    assert "relevant by tag" in by_tag.protocol.name
    with pytest.raises(BadInputError, match="needs tags"):
        score(*fitted, AP, WAY, RetrievalConfig(relevance="tag"))


@pytest.mark.parametrize(("setting", "queries", "gallery"), [
    ("generalised-gallery-all", 20, 84), ("generalised-both-20", 24, 36), ("generalised-gallery-20", 20, 36),
])  # fmt: skip
def test_a_generalised_setting_adds_seen_items(fitted, setting, queries, gallery):
    evaluation, ids, _ = score(*fitted, AP, WAY, RetrievalConfig("skip", setting))[WAY[0]]
    assert (len(ids), evaluation.gallery.max()) == (queries, gallery)
    assert setting in evaluation.protocol.name
    told = halves(evaluation, fitted[1])
    assert list(told) == (["seen_unseen"] if setting == "generalised-both-20" else [])
    if told:
        seen = np.isin(evaluation.labels, fitted[1].unseen, invert=True)[evaluation.counted]
        values = evaluation.values(AP[0])
        one, two = values[seen].mean(), values[~seen].mean()
        expected = {"seen": one, "unseen": two, "harmonic": 2 * one * two / (one + two)}
        assert told["seen_unseen"][AP[0]] == pytest.approx(expected)
    assert evaluation.micro(AP[0]) < score(*fitted, AP, WAY)[WAY[0]].evaluation.micro(AP[0])


def test_a_setting_goes_with_what_the_split_holds_out(fitted, shelf):
    with pytest.raises(BadInputError, match="holds out classes") as caught:
        score(*fitted, AP, WAY, RetrievalConfig(setting="seen-class"))
    assert "split by items" in caught.value.remedy
    method, task = fitted[0], shelf.task(DataConfig("eoc", 8), "by-item-50-choice-0", 0)
    rules = RetrievalConfig("skip")
    evaluation = score(method, task, AP, WAY, rules)[WAY[0]].evaluation
    assert evaluation.protocol.setting == "seen-class"
    assert evaluation.gallery.max() == len(task.test_items("photo"))
    assert score(method, task, AP, WAY, replace(rules, setting="seen-class"))[WAY[0]].evaluation.protocol.name == (
        evaluation.protocol.name
    )
    with pytest.raises(BadInputError, match="holds out items"):
        score(method, task, AP, WAY, replace(rules, setting="generalised-gallery-all"))


def test_photos_are_searched_by_photos_where_there_are_no_sketches(fitted):
    method, task = fitted
    expected = score(method, task, AP, ("photo→photo",))["photo→photo"].evaluation
    task = replace(task, dataset=replace(task.dataset, items={"photo": task.dataset.photos}))
    found = score(method, task, AP, ("photo→photo",))["photo→photo"].evaluation
    assert found.micro(AP[0]) == expected.micro(AP[0])
    with pytest.raises(UnknownNameError, match="data set 'eoc' in direction sketch→photo: 'sketch'"):
        score(method, task, AP, WAY)


def test_two_items_with_a_common_partner_are_a_pair(fitted):
    method, task = fitted
    (photos, sketches), third = (task.dataset.photos, task.dataset.sketches), np.arange(1000).astype(str)
    items = {
        "photo": replace(photos, pairs=third[: len(photos)]),
        "sketch": replace(sketches, pairs=third[: len(sketches)]),
    }
    task = replace(task, dataset=replace(task.dataset, items=items))
    evaluation = score(method, task, AP, WAY, RetrievalConfig("skip", relevance="pair"))[WAY[0]].evaluation
    both = np.intersect1d(task.test_items("photo").pairs, task.test_items("sketch").pairs)
    assert evaluation.relevant.sum() == len(both) > 0


def test_one_call_gives_the_means(fitted):
    rules = RetrievalConfig("skip", setting="generalised-gallery-all")
    scored = score(*fitted, ("AP@all/std", "P@5/k"), DIRECTIONS[:2], rules)
    found = zsr_lib.evaluate(
        *fitted, ["AP@all/std", "P@5/k"], DIRECTIONS[:2], no_relevant="skip", setting="generalised-gallery-all"
    )
    assert found == {
        direction: {metric: scored[direction].evaluation.micro(metric) for metric in ("AP@all/std", "P@5/k")}
        for direction in DIRECTIONS[:2]
    }
    assert list(zsr_lib.evaluate(*fitted)) == ["sketch→photo"]
    with pytest.raises(UnknownNameError, match="did you mean relevance"):
        zsr_lib.evaluate(*fitted, relevence="pair")


def test_codes_can_be_compared_by_another_distance_without_training(cells, shelf, where):
    own = run_cell(cells(seeds=[0])[2], shelf, where)[0]
    cell = rescoring_of(own, ["retrieval.distance=l1"])
    other = rescore(own, cell, shelf, where)
    assert other.folder != own.folder
    assert other.trained["run"] == own.folder.name
    assert other.results["sketch→photo"]["protocol"]["distance"] == "l1"
    assert other.method["distance"] == "euclidean"
    (block,) = blocks_of([own, other], directions=["sketch→photo"])
    assert [(row.distance, row.label) for row in block.rows] == [("euclidean", ""), ("l1", "retrieval.distance=l1")]
    assert ranking_of(other, "sketch→photo") == "l1 (its own: euclidean)"
    with pytest.raises(UnknownNameError, match="did you mean l1"):
        rescoring_of(own, ["retrieval.distance=l11"])


def test_from_python_too_a_system_is_watched_and_what_it_declares_is_audited(fitted, monkeypatch):
    system, task = fitted
    monkeypatch.setattr(type(system), "embed", lambda self, items: load_dataset("generated"))
    with pytest.raises(BadInputError, match="cannot be loaded while a system is fitted or scored"):
        zsr_lib.evaluate(system, task)
    system.record("statistics", task.unseen)
    with pytest.raises(LeakError, match="'statistics' has seen unseen classes"):
        zsr_lib.evaluate(system, task)
