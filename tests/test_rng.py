import numpy as np
import pytest

from zsr_lib.rng import rng


@pytest.mark.parametrize("key", [(0,), (5,), (3, 0, 2), (2**63, 9, 11)])
def test_the_numbers_are_those_of_numpys_seed_sequence(key):
    expected = np.random.Generator(np.random.PCG64(np.random.SeedSequence(list(key)))).integers(2**60, size=4)
    np.testing.assert_array_equal(rng(*key).integers(2**60, size=4), expected)


def test_negative_seeds_are_seeds_too():
    assert rng(-5, 1).integers(2**60) == rng(2**64 - 5, 1).integers(2**60)


def test_every_part_of_a_key_counts():
    keys = [(0,), (1,), (1, 0, 1), (0, 1, 1), (1, 1, 0), (0, 1, 2)]
    assert len({rng(*key).integers(2**60) for key in keys}) == len(keys)
