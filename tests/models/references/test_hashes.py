import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.models.references.hashes import grouped_means, random_hyperplanes


def test_means_are_those_of_neighbours_and_the_larger_groups_come_first():
    code = np.array([1.0, -4.0, 2.0, 4.0, -1.0])
    np.testing.assert_allclose(code @ grouped_means(5, 2), [(1 - 4 + 2) / 3, (4 - 1) / 2])
    np.testing.assert_allclose(code @ grouped_means(5, 1), [code.mean()])
    np.testing.assert_allclose(code @ grouped_means(5, 5), code)


@pytest.mark.parametrize("degrees", [20, 60, 120])
def test_codes_at_an_angle_differ_in_as_many_bits_as_charikar_says(degrees):
    """P(a bit differs) = θ / π; 40 seeds of 64 planes leave a standard error below 0.01."""
    angle = np.deg2rad(degrees)
    pair = np.zeros((2, 64))
    pair[0, 0], pair[1, :2] = 1, [np.cos(angle), np.sin(angle)]
    sides = [pair @ random_hyperplanes(64, 64, seed) > 0 for seed in range(40)]
    assert np.mean([one != other for one, other in sides]) == pytest.approx(degrees / 180, abs=0.03)


def test_planes_follow_their_seed():
    np.testing.assert_array_equal(random_hyperplanes(8, 4, 1), random_hyperplanes(8, 4, 1))
    assert (random_hyperplanes(8, 4, 1) != random_hyperplanes(8, 4, 2)).all()


@pytest.mark.parametrize("made", [lambda bits: grouped_means(8, bits), lambda bits: random_hyperplanes(8, bits, 0)])
@pytest.mark.parametrize("bits", [0, 9])
def test_hashes_longer_than_the_code_are_refused(made, bits):
    with pytest.raises(BadInputError, match=rf"{bits} bits from a code of 8 numbers[\s\S]*1 to 8"):
        made(bits)
