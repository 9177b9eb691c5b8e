import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.codes import check_codes
from zsr_lib.evaluation.matching import SameKey
from zsr_lib.evaluation.ranking import TIE_RULES, from_distances
from zsr_lib.evaluation.retrieval import Retrieval, rankings

FIELDS = ("query", "start", "size", "relevant", "before", "total")
SMALLEST = {"cpu": 64 * 150 * 8, "cpu:0": 64 * 150 * 32}  # bytes for one tile of queries


@pytest.fixture
def coarse(rng):
    """Few distinct values, so that ties abound; 150 queries are three tiles."""
    codes = rng.integers(0, 3, (300, 4)).astype(np.float32)
    labels, ids = rng.integers(0, 5, 300), np.arange(300) % 150
    return codes, labels, ids


def retrieval(coarse, distance="euclidean", **rules):
    codes, labels, ids = coarse
    matchings = {"exclude": SameKey(ids[:150], ids[150:]), "within": SameKey(ids[:150] % 2, ids[150:] % 2)}
    codes = np.where(codes == 0, -1, 1).repeat(2, axis=1) if distance == "hamming" else codes + 1
    return Retrieval(check_codes(codes[:150], codes[150:], distance), SameKey(labels[:150], labels[150:]),
                     **{name: matchings[name] for name in rules})  # fmt: skip


def blocks(parts):
    parts = list(parts)
    first = np.cumsum([0, *map(len, parts)])
    query = np.concatenate([part.query + start for part, start in zip(parts, first[:-1], strict=True)])
    return [query.tolist(), *(np.concatenate([getattr(part, name) for part in parts]).tolist() for name in FIELDS[1:])]


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])  # the second takes the way through torch
@pytest.mark.parametrize("ties", TIE_RULES)
@pytest.mark.parametrize("distance", ["euclidean", "cosine", "l1", "hamming"])
def test_the_memory_budget_and_the_device_change_nothing(distance, ties, device, coarse):
    task = retrieval(coarse, distance, exclude=True)
    whole = list(rankings(task, ties))
    cut = list(rankings(task, ties, SMALLEST[device], device))
    assert (len(whole), len(cut)) == (1, 3)
    assert blocks(cut) == blocks(whole)


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
@pytest.mark.parametrize("rules", [{"exclude": True}, {"within": True}, {"exclude": True, "within": True}])
def test_items_outside_a_querys_gallery_are_as_if_they_were_not_there(rules, device, coarse):
    codes, labels, ids = coarse
    task = retrieval(coarse, **rules)
    ranked = blocks(rankings(task, "expected", device=device))
    squares = ((codes[:150, None] - codes[None, 150:]) ** 2).sum(axis=2)
    if "exclude" in rules:
        squares[ids[:150, None] == ids[150:]] = np.inf
    if "within" in rules:
        squares[ids[:150, None] % 2 != ids[150:] % 2] = np.inf
    assert ranked == blocks([from_distances(squares, labels[:150, None] == labels[150:])])
    assert task.gallery_sizes().tolist() == np.isfinite(squares).sum(axis=1).tolist()


def test_a_budget_below_one_tile_says_how_much_is_needed(coarse):
    with pytest.raises(BadInputError, match=r"too small for 150.*\n.*at least 1 MiB"):
        list(rankings(retrieval(coarse), "expected", memory=1000))


def test_a_device_that_is_not_there(coarse):
    for name in ("cuda:99", "meta?", "abacus"):
        with pytest.raises(BadInputError, match="cannot be used"):
            list(rankings(retrieval(coarse), "expected", device=name))


def test_labels_of_another_length(coarse):
    codes = check_codes(coarse[0], coarse[0], "l1")
    with pytest.raises(BadInputError, match="one label and one id"):
        Retrieval(codes, SameKey(coarse[1][:-1], coarse[1]))


@pytest.mark.parametrize("threads", ["1", "3", "8"])
def test_the_number_of_threads_changes_nothing(threads, coarse, monkeypatch):
    usual = blocks(rankings(retrieval(coarse), "stable"))
    monkeypatch.setenv("ZSR_THREADS", threads)
    assert blocks(rankings(retrieval(coarse), "stable")) == usual
