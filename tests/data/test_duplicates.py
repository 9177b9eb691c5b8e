import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from zsr_lib.data.duplicates import fine_detail, image_split_leak, near_duplicates
from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError

SHIFTS = [(0, 0), (10, 0), (0, -7), (-16, 12), (24, -3)]


def scene(seed, side=128):
    """A place: random texture at the scale of a few pixels."""
    texture = gaussian_filter(np.random.default_rng(seed).normal(size=(side, side)), 1.5)
    return (128 + 50 * texture / texture.std()).clip(0, 255).astype(np.uint8)


def tile(place, row=0, column=0):
    return np.repeat(place[32 + row : 96 + row, 32 + column : 96 + column, None], 3, axis=2)


def items_of(pixels, labels=None, name="t"):
    labels = np.zeros(len(pixels), dtype=np.int64) if labels is None else np.array(labels)
    ids = np.array([f"{name}{row}" for row in range(len(pixels))])
    return ItemSet(ids, labels, ("a", "b"), "photo", "camera", np.array(pixels))


@pytest.mark.parametrize("shift", SHIFTS)
def test_shifted_tiles_of_one_place_are_found(shift):
    items = items_of([tile(scene(1)), tile(scene(2)), tile(scene(1), *shift)])
    ((first, second, distance),) = near_duplicates(items)
    assert (first, second) == ("t0", "t2")
    assert distance < (1e-3 if shift == (0, 0) else 0.12)


def test_different_places_are_far_apart():
    distances = [pair[2] for pair in near_duplicates(items_of([tile(scene(seed)) for seed in range(8)]), threshold=1)]
    assert len(distances) == 28
    assert min(distances) > 0.4


def test_distance_is_one_minus_the_best_correlation_over_all_shifts():
    items = items_of([tile(scene(1)), tile(scene(1), 5, -9), tile(scene(3))])
    details = fine_detail(items).astype(np.float64)
    found = {pair[:2]: pair[2] for pair in near_duplicates(items, threshold=2)}
    assert len(found) == 3
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert found[f"t{a}", f"t{b}"] == pytest.approx(1 - best_correlation(details[a], details[b]), abs=2e-3)


def best_correlation(first, second, reach=32):
    """By the definition: every shift, its overlap, numpy's correlation coefficient."""
    best = -1.0
    for row in range(-reach, reach + 1):
        for column in range(-reach, reach + 1):
            one = first[max(row, 0) : 64 + min(row, 0), max(column, 0) : 64 + min(column, 0)]
            two = second[max(-row, 0) : 64 + min(-row, 0), max(-column, 0) : 64 + min(-column, 0)]
            if min(one.var(), two.var()) >= 0.25:
                best = max(best, np.corrcoef(one.ravel(), two.ravel())[0, 1])
    return best


def test_light_and_contrast_do_not_matter():
    place = tile(scene(1))
    darker = (place * 0.5 + 10).astype(np.uint8)
    assert near_duplicates(items_of([place, darker]))[0][2] < 0.02


def test_pairs_between_two_sets_and_between_classes():
    first = items_of([tile(scene(1)), tile(scene(2))], [0, 1])
    second = items_of([tile(scene(2)), tile(scene(1))], [0, 0], name="u")
    assert [pair[:2] for pair in near_duplicates(first, second)] == [("t0", "u1")]
    everything = near_duplicates(first, second, same_class=False)
    assert [pair[:2] for pair in everything] == [("t0", "u1"), ("t1", "u0")]


def test_the_order_is_by_distance_then_by_id():
    items = items_of([tile(scene(1)), tile(scene(2), 1), tile(scene(1)), tile(scene(2)), tile(scene(1))])
    pairs = near_duplicates(items)
    assert [pair[:2] for pair in pairs] == [("t0", "t2"), ("t0", "t4"), ("t2", "t4"), ("t1", "t3")]


def test_empty_paper_and_empty_sets_match_nothing():
    blank = np.full((2, 64, 64, 3), 255, dtype=np.uint8)
    assert near_duplicates(items_of(blank), threshold=0.9) == []
    assert near_duplicates(items_of(blank).take(np.array([], dtype=int))) == []


def test_nearly_empty_overlaps_are_no_evidence():
    dots = np.full((2, 64, 64, 3), 255, dtype=np.uint8)
    dots[0, 4:8, 4:8] = dots[0, 50:60, 50:60] = dots[1, 56:60, 56:60] = dots[1, 4:30, 8] = 0
    assert near_duplicates(items_of(dots)) == []


def test_items_without_pixels_are_refused():
    with pytest.raises(BadInputError, match="without pixels"):
        near_duplicates(ItemSet(np.array(["x"]), np.array([0]), ("a",), "photo", "camera"))


def test_leak_of_an_image_split_counts_pairs_with_one_image_on_each_side():
    items = items_of(np.zeros((40, 8, 8, 3), dtype=np.uint8), [0] * 20 + [1] * 20)
    everything = [(f"t{a}", f"t{b}", 0.0) for a in range(20) for b in range(a + 1, 20)]
    leak = image_split_leak(items, everything, share=0.2, seed=3)
    assert (leak.held_out, leak.pairs, leak.affected) == (8, 4 * 16, 4)
    assert image_split_leak(items, [], seed=3).affected == 0


def test_an_80_20_split_separates_about_a_third_of_the_pairs():
    items = items_of(np.zeros((100, 8, 8, 3), dtype=np.uint8))
    pairs = [(f"t{row}", f"t{row + 1}", 0.0) for row in range(0, 100, 2)]
    parted = np.mean([image_split_leak(items, pairs, seed=seed).pairs for seed in range(300)]) / len(pairs)
    assert parted == pytest.approx(2 * 0.2 * 80 / 99, abs=0.02)


@pytest.mark.real_data
def test_known_duplicates_of_the_real_data():
    from zsr_lib.data.datasets import load_dataset

    eoc = load_dataset("eoc", size=128, progress=False)
    nearest = near_duplicates(eoc.photos.of_classes(["airplane", "tenniscourt"]), threshold=0.1)
    assert [tuple(pair[0].split("/")[-1:] + pair[1].split("/")[-1:]) for pair in nearest] == [
        ("airplane01", "airplane02"),
        ("tenniscourt37", "tenniscourt44"),
    ]
    assert len(near_duplicates(eoc.sketches, same_class=False)) == 1
