import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.models.references.product import asymmetric_distances, fit_centres, looked_up, nearest_centres

RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(60, 10))


def naive(queries, codes, centres):
    """Every query, every code, every part."""
    far = np.zeros((len(queries), len(codes)))
    width = centres.shape[2]
    for q, query in enumerate(np.pad(queries, ((0, 0), (0, centres.shape[0] * width - queries.shape[1])))):
        for n, code in enumerate(codes):
            for part, number in enumerate(code):
                own = query[part * width : (part + 1) * width]
                far[q, n] += ((own - centres[part, number]) ** 2).sum()
    return far


@pytest.mark.parametrize("parts", [1, 2, 3, 10])
def test_tables_give_the_distances_to_what_the_codes_stand_for(parts):
    centres = fit_centres(POINTS, parts, centres=8)
    codes = nearest_centres(POINTS, centres)
    far = asymmetric_distances(POINTS[:5], codes, centres)
    np.testing.assert_allclose(far, naive(POINTS[:5], codes, centres), rtol=1e-5)
    stood_for = looked_up(codes, centres, 10)
    assert stood_for.shape == POINTS.shape
    if 10 % parts == 0:  # else the appended zeros have centres of their own, which are 0
        np.testing.assert_allclose(far, ((POINTS[:5, None] - stood_for[None]) ** 2).sum(axis=2), rtol=1e-5)


def test_every_part_goes_to_its_nearest_centre():
    centres = np.array([[[0.0], [1.0]], [[10.0], [-10.0]]], np.float32)
    points = np.array([[0.4, 3.0], [0.6, -3.0], [0.5, 0.0]])
    assert nearest_centres(points, centres).tolist() == [[0, 0], [1, 1], [0, 0]]


def test_a_centre_for_every_point_loses_nothing():
    centres = fit_centres(POINTS, 5)
    assert centres.shape == (5, 60, 2)
    np.testing.assert_allclose(looked_up(nearest_centres(POINTS, centres), centres, 10), POINTS, atol=1e-6)


def test_more_bytes_lose_less_and_seeds_differ():
    lost = []
    for parts in (1, 2, 5):
        centres = fit_centres(POINTS, parts, centres=8)
        lost.append(((looked_up(nearest_centres(POINTS, centres), centres, 10) - POINTS) ** 2).mean())
    assert lost[0] > lost[1] > lost[2]
    assert (fit_centres(POINTS, 2, seed=1, centres=8) != fit_centres(POINTS, 2, seed=2, centres=8)).any()
    np.testing.assert_array_equal(fit_centres(POINTS, 2, centres=8), fit_centres(POINTS, 2, centres=8))


@pytest.mark.parametrize(
    "wrong", [{"parts": 11}, {"parts": 0}, {"parts": 2, "centres": 257}, {"parts": 2, "centres": 0}]
)
def test_more_parts_than_numbers_are_refused(wrong):
    with pytest.raises(BadInputError, match=r"codes of 10 numbers cannot be cut[\s\S]*1 to 10 parts"):
        fit_centres(POINTS, **wrong)
