import numpy as np
import pytest

from tests.models.shapes import shapes_task
from zsr_lib.data.items import ItemSet
from zsr_lib.models.fine_grained.hog_star import star
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

SIDE, DEPTH = 15, 36
OPTIONS = {"parts": 2, "window": 3, "reach": 2, "price": 0.05}


def blocks(seed=0, count=1):
    """Mostly blank, with two patches of ink, the first of them darker; the last number is the ink."""
    dice = np.random.default_rng(seed)
    made = np.zeros((count, SIDE, SIDE, DEPTH + 1), np.float32)
    made[:, 2:5, 3:6], made[:, 9:12, 8:11] = dice.random((2, count, 3, 3, DEPTH + 1))
    made[:, 2:5, 3:6, -1], made[:, 9:12, 8:11, -1] = 0.4, 0.2
    return made


def scores(query, gallery, **options):
    method = create("hog_star", OPTIONS | options)
    tokens = (each.reshape(len(each), -1, DEPTH + 1) for each in (query, gallery))
    return method.rerank(*tokens, np.arange(len(gallery))[None])[0]


def naive(query, gallery, window=3, reach=2, price=0.05):
    """One candidate: cosine of the whole, plus the mean over parts of the best fit, place by place."""
    dark, query, gallery = query[..., -1], query[..., :-1], gallery[..., :-1]
    whole = (query * gallery).sum() / np.linalg.norm(query) / np.linalg.norm(gallery)
    fits = []
    for row, column in star(dark, 2, window):
        part, best = query[row : row + window, column : column + window], -np.inf
        for down in range(-reach, reach + 1):
            for right in range(-reach, reach + 1):
                total = 0.0
                for r in range(window):
                    for c in range(window):
                        y, x = row + down + r, column + right + c
                        inside = 0 <= y < SIDE and 0 <= x < SIDE
                        total += part[r, c] @ gallery[y, x] if inside else 0.0
                best = max(best, total / (part**2).sum() - price * (down**2 + right**2))
        fits.append(best)
    return whole + np.mean(fits)


def test_scores_are_those_of_a_loop():
    dice = np.random.default_rng(1)
    query, gallery = blocks(0), dice.random((4, SIDE, SIDE, DEPTH + 1)).astype(np.float32)
    expected = [naive(query[0].astype(np.float64), each.astype(np.float64)) for each in gallery]
    np.testing.assert_allclose(scores(query, gallery), expected, rtol=1e-4)


def test_itself_scores_two_and_a_moved_part_pays_its_price():
    query = blocks()
    assert scores(query, query)[0] == pytest.approx(2, abs=1e-5)
    moved = np.roll(query, 1, axis=2)
    drop = scores(query, moved, price=0.0)[0] - scores(query, moved, price=0.05)[0]
    assert drop == pytest.approx(0.05, abs=1e-5)
    assert scores(query, moved, reach=0)[0] < scores(query, moved)[0]


def test_parts_are_the_most_inked_windows_and_do_not_overlap():
    assert star(blocks()[0, ..., -1], 2, 3) == [(2, 3), (9, 8)]
    assert star(np.zeros((SIDE, SIDE)), 4, 3) == []
    many = star(np.random.default_rng(0).random((SIDE, SIDE)), 6, 4)
    assert len(set(many)) == 6
    assert all(max(abs(a - c), abs(b - d)) >= 4 for a, b in many for c, d in many if (a, b) != (c, d))


def test_of_a_drawn_picture_the_densest_hatching_comes_first():
    picture = np.full((1, 64, 64, 3), 255, np.uint8)
    picture[0, 8:24:8, 4:60] = 0  # a few lines above, dense ones below
    picture[0, 40:56:2, 32:48] = 0
    sketch = ItemSet(np.array(["a"]), np.zeros(1, np.int64), ("a",), "sketch", "hand", pixels=picture)
    method = create("hog_star", {"size": 64, "window": 3})
    method.fit(shapes_task(), Run(progress=False))
    tokens = method.tokens(sketch)
    assert tokens.shape == (1, SIDE * SIDE, DEPTH + 1)
    row, column = star(tokens[0, :, -1].reshape(SIDE, SIDE), 6, 3)[0]
    assert row >= 9
    assert 7 <= column <= 11


def test_a_blank_query_is_compared_by_nothing():
    assert scores(np.zeros_like(blocks()), blocks(3, 2)).tolist() == [0, 0]
