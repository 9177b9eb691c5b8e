import hashlib

import numpy as np
import pytest

from zsr_lib.data.scenes.dice import Dice


def test_draws_come_from_pcg64_seeded_by_the_sha256_of_the_key():
    digest = hashlib.sha256(b"runway\x1f3\x1fshape").digest()
    expected = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big"))).random(128)
    assert Dice("runway", 3, "shape").unit() == expected[-1]


def test_equal_keys_give_equal_draws_and_other_keys_other_draws():
    first, same, other = Dice("a", 1), Dice("a", 1), Dice("a", 2)
    drawn = [first.unit() for _ in range(300)]
    assert drawn == [same.unit() for _ in range(300)]
    assert drawn != [other.unit() for _ in range(300)]


def test_keys_are_not_confused_by_joining_their_parts():
    assert Dice("a", "bc").unit() != Dice("ab", "c").unit()


def test_whole_numbers_reach_both_ends():
    dice = Dice("ends")
    assert {dice.whole(2, 5) for _ in range(200)} == {2, 3, 4, 5}


def test_bell_has_the_spread_it_is_asked_for():
    dice = Dice("bell")
    drawn = np.array([dice.bell(2.0) for _ in range(20_000)])
    assert drawn.mean() == pytest.approx(0, abs=0.05)
    assert drawn.std() == pytest.approx(2.0, abs=0.05)


def test_shuffling_keeps_all_items_and_leaves_the_original_alone():
    items = list(range(20))
    mixed = Dice("shuffle").shuffled(items)
    assert sorted(mixed) == items == list(range(20))
    assert mixed != items


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_certain_chances(probability):
    dice = Dice("chance", probability)
    assert {dice.chance(probability) for _ in range(200)} == {probability == 1.0}
