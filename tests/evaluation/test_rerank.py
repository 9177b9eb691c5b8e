import numpy as np
import pytest

from tests.evaluation.naive import average_precision, orders
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side

TIES = ("expected", "stable", "optimistic", "pessimistic")


def late(queries, gallery, candidates):
    """Late interaction (ColBERT): for each token of the query its best match, summed."""
    picked = gallery[candidates]  # (q, K, T, D)
    return np.einsum("qtd,qkud->qktu", queries, picked).max(-1).sum(-1).astype(np.float32)


@pytest.fixture
def sides(rng):
    """13 queries and 17 gallery items whose codes and tokens are small whole numbers, so that there are ties."""

    def made(count):
        return Side(
            rng.integers(0, 3, (count, 2)).astype(np.float32),
            rng.integers(0, 3, count),
            ids=np.arange(count),
            tokens=rng.integers(0, 3, (count, 3, 2)).astype(np.float32),
        )

    return made(13), made(17)


def ranked_twice(distances, scores, depth):
    """Gallery rows: the first K by score, then the rest by distance; ties go to the lower row."""
    first = sorted(range(len(distances)), key=lambda row: (distances[row], row))
    again = sorted(first[:depth], key=lambda row: (-scores[row], row))
    return again + first[depth:]


def pairs(queries, gallery):
    """(Q, N) distances and (Q, N) scores, each pair by itself."""
    every = np.arange(len(gallery))[None]
    distances = ((queries.codes[:, None] - gallery.codes[None]) ** 2).sum(-1)
    scores = [late(tokens[None], gallery.tokens, every)[0] for tokens in queries.tokens]
    return distances, np.array(scores)


@pytest.mark.parametrize("depth", [1, 5, 16, 17])
def test_the_first_are_ranked_by_their_scores_and_the_others_stay(sides, depth):
    queries, gallery = sides
    protocol = Protocol(ties="stable", no_relevant="skip", rerank=depth)
    values = evaluate(queries, gallery, ["AP@all/std"], protocol, scores=late).values("AP@all/std")
    expected = []
    for distances, scores, label in zip(*pairs(queries, gallery), queries.labels, strict=True):
        hits = [int(gallery.labels[row] == label) for row in ranked_twice(distances, scores, depth)]
        expected.append(average_precision(hits, len(hits), "std"))
    np.testing.assert_allclose(values, expected, atol=1e-12)


def test_scoring_the_whole_gallery_is_scoring_every_pair(sides):
    queries, gallery = sides
    metric, (_, scores) = "AP@all/std", pairs(*sides)
    found = evaluate(queries, gallery, [metric], Protocol(no_relevant="skip", rerank=17), scores=late).values(metric)
    for value, row, label in zip(found, scores, queries.labels, strict=True):
        hits = (gallery.labels == label).astype(int).tolist()
        blocks = {score: [hit for hit, other in zip(hits, row, strict=True) if other == score] for score in set(row)}
        if max(map(len, blocks.values())) <= 4:  # else there are too many orders to list
            every = [average_precision(order, len(order), "std") for order in orders((-row).tolist(), hits)]
            assert value == pytest.approx(np.mean(every))


@pytest.mark.parametrize("ties", TIES)
def test_a_depth_of_0_and_scores_that_follow_the_codes_change_nothing(sides, ties):
    queries, gallery = (Side(rng_codes, side.labels, tokens=rng_codes[:, None]) for side in sides
                        for rng_codes in [np.random.default_rng(len(side)).normal(size=(len(side), 4))])  # fmt: skip
    rules = {"ties": ties, "no_relevant": "skip"}
    codes = evaluate(queries, gallery, ["AP@all/std"], Protocol(**rules))

    def nearness(asked, found, candidates):
        return -((asked - found[candidates][:, :, 0]) ** 2).sum(-1)

    for depth in (0, 3, 17):
        again = evaluate(queries, gallery, ["AP@all/std"], Protocol(rerank=depth, **rules), scores=nearness)
        np.testing.assert_array_equal(again.values("AP@all/std"), codes.values("AP@all/std"))


@pytest.mark.parametrize("depth", [1, 4])
def test_ties_bound_each_other_at_equal_scores(depth):
    """All codes and all scores are equal: optimistic puts the relevant first, within the first K and behind them."""
    codes, tokens = np.zeros((6, 1)), np.zeros((6, 1, 1))
    gallery = Side(codes, np.array([0, 0, 0, 1, 1, 1]), tokens=tokens)
    query = Side(codes[:1], np.array([1]), tokens=tokens[:1])
    values = {
        ties: evaluate(query, gallery, ["AP@all/std"], Protocol(ties=ties, rerank=depth), scores=late).micro(
            "AP@all/std"
        )
        for ties in TIES
    }
    assert values["optimistic"] == 1
    assert values["pessimistic"] == pytest.approx(average_precision([0, 0, 0, 1, 1, 1], 6, "std"))
    # The lower rows are the first K; row 3 is the only relevant one among four.
    assert values["pessimistic"] <= values["expected"] <= values["optimistic"]


@pytest.mark.parametrize("distance", ["euclidean", "cosine", "l1", "hamming"])
def test_batches_and_distances(rng, distance):
    labels = rng.integers(0, 4, 200)
    codes = rng.integers(1, 200, (200, 4)).astype(np.uint8 if distance == "hamming" else np.float32)
    side = Side(codes, labels, ids=np.arange(200), tokens=rng.normal(size=(200, 2, 3)))
    protocol = Protocol("a→a", gallery="without-query", distance=distance, rerank=20)
    small, large = (
        evaluate(side, side, ["AP@all/std"], protocol, memory, scores=late) for memory in (64 * 200 * 32, 2**29)
    )
    np.testing.assert_array_equal(small.values("AP@all/std"), large.values("AP@all/std"))


def test_a_query_is_not_found_again_by_its_score(rng):
    side = Side(rng.normal(size=(6, 2)), np.array([0, 0, 1, 1, 2, 2]), np.arange(6), tokens=np.eye(6)[:, None])
    protocol = Protocol("a→a", gallery="without-query", rerank=5)

    def likes_itself(asked, found, candidates):
        return (asked[:, None] * found[candidates]).sum((-1, -2))

    seen = []
    evaluate(side, side, ["Acc@1"], protocol, scores=lambda *all: seen.append(all[2]) or likes_itself(*all))
    assert [sorted(row) for row in seen[0].tolist()] == [[c for c in range(6) if c != row] for row in range(6)]


def test_what_cannot_be_ranked_again(sides):
    queries, gallery = sides
    rules = {"no_relevant": "skip"}
    with pytest.raises(BadInputError, match="holds 17 items") as caught:
        evaluate(queries, gallery, ["AP@all/std"], Protocol(rerank=18, **rules), scores=late)
    assert "17 or fewer" in caught.value.remedy
    with pytest.raises(BadInputError, match="holds 16 items"):
        evaluate(gallery, gallery, ["Acc@1"], Protocol("a→a", gallery="without-query", rerank=17, **rules), scores=late)
    with pytest.raises(BadInputError, match="needs scores"):
        evaluate(queries, gallery, ["AP@all/std"], Protocol(rerank=2, **rules))
    with pytest.raises(BadInputError, match="needs tokens"):
        evaluate(Side(queries.codes, queries.labels), gallery, ["AP@all/std"], Protocol(rerank=2, **rules), scores=late)
    for scores in (lambda *_: np.zeros(3), lambda q, g, c: np.full(c.shape, np.nan)):
        with pytest.raises(BadInputError, match="one finite number"):
            evaluate(queries, gallery, ["AP@all/std"], Protocol(rerank=2, **rules), scores=scores)
