import numpy as np
import pytest

from zsr_lib.experiments.config import DIRECTIONS, DataConfig
from zsr_lib.experiments.scoring import score
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
    for direction, (evaluation, ids) in scored.items():
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
