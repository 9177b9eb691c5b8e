import itertools
import math

import numpy as np
import pytest

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.sides import Side
from zsr_lib.evaluation.space import class_modality_gap, modality_gap, silhouettes, space_figures

LABELS = np.array(["airport", "bridge", "canal"] * 4)
DISTANCE = {
    "euclidean": math.dist,
    "l1": lambda a, b: sum(abs(x - y) for x, y in zip(a, b, strict=True)),
    "cosine": lambda a, b: 1 - np.dot(a, b) / math.hypot(*a) / math.hypot(*b),
    "hamming": lambda a, b: sum(f"{int(x) ^ int(y):b}".count("1") for x, y in zip(a, b, strict=True)),
}


@pytest.fixture
def photos(rng):
    return Side(rng.normal(size=(12, 4)) + 2.0, LABELS)


@pytest.fixture
def sketches(rng):
    return Side(rng.normal(size=(9, 4)), LABELS[:9])


def naive_silhouette(codes, labels, own, far):
    others = {}
    for row, (code, label) in enumerate(zip(codes, labels, strict=True)):
        if row != own:
            others.setdefault(label, []).append(far(codes[own], code))
    inside = np.mean(others.pop(labels[own]))
    outside = min(np.mean(each) for each in others.values())
    return (outside - inside) / max(outside, inside)


def rotation(rng, size):
    return np.linalg.qr(rng.normal(size=(size, size)))[0]


@pytest.mark.parametrize("distance", DISTANCE)
def test_silhouettes_follow_their_definition(rng, distance):
    codes = rng.integers(0, 256, (12, 3), np.uint8) if distance == "hamming" else rng.normal(size=(12, 4))
    expected = [naive_silhouette(codes, LABELS, row, DISTANCE[distance]) for row in range(12)]
    np.testing.assert_allclose(silhouettes(codes, LABELS, distance), expected, atol=1e-12)


def test_classes_that_are_far_points_have_silhouette_1():
    codes = np.array([[0.0, 0], [0, 0], [9, 0], [9, 0]])
    assert silhouettes(codes, ["a", "a", "b", "b"]).tolist() == [1, 1, 1, 1]
    assert silhouettes(codes, ["a", "b", "a", "b"]).max() < 0


def test_the_gap_of_two_crosses_is_their_distance_by_their_arm():
    cross = np.array([[3.0, 0], [-3, 0], [0, 3], [0, -3]])
    assert modality_gap(cross, cross + np.array([12, 0])) == pytest.approx(12 / 3)
    assert modality_gap(cross, 3 * cross + np.array([12, 0])) == pytest.approx(12 / math.sqrt((3**2 + 9**2) / 2))
    assert modality_gap(cross, -cross) == 0


def test_both_modalities_count_alike_however_many_items_they_have(photos, sketches):
    many = np.tile(photos.codes, (5, 1))
    assert modality_gap(many, sketches.codes) == pytest.approx(modality_gap(photos.codes, sketches.codes))


def test_a_gap_without_spread():
    point = np.ones((2, 3))
    assert modality_gap(point, point + 1) == math.inf
    assert math.isnan(modality_gap(point, point))


def test_the_class_gap_follows_its_definition(photos, sketches):
    def mean(side, name):
        return np.mean([code for code, label in zip(side.codes, side.labels, strict=True) if label == name], axis=0)

    names = ["airport", "bridge", "canal"]
    across = [math.dist(mean(photos, name), mean(sketches, name)) for name in names]
    between = [
        math.dist(mean(side, one), mean(side, other))
        for side in (photos, sketches)
        for one, other in itertools.combinations(names, 2)
    ]
    assert class_modality_gap(photos, sketches) == pytest.approx(np.mean(across) / np.mean(between))


def test_the_class_gap_is_below_1_where_modalities_are_nearer_than_classes():
    classes = np.array([[0.0, 0], [10, 0]])
    photos, near, far = (Side(classes + np.array([0, up]), ["a", "b"]) for up in (0, 5, 20))
    assert class_modality_gap(photos, near) == pytest.approx(0.5)
    assert class_modality_gap(photos, far) == pytest.approx(2.0)


def test_classes_of_one_modality_only_do_not_count(photos, sketches):
    lone = Side(np.vstack([photos.codes, [[1e6] * 4]]), [*photos.labels, "dam"])
    assert class_modality_gap(lone, sketches) == pytest.approx(class_modality_gap(photos, sketches), rel=1e-12)


def test_rotation_shift_and_scale_change_nothing(photos, sketches, rng):
    turn, shift = rotation(rng, 4), rng.normal(size=4) * 5
    moved = [Side(7 * side.codes @ turn + shift, side.labels) for side in (photos, sketches)]
    np.testing.assert_allclose(space_figures(*moved), space_figures(photos, sketches), rtol=1e-9)


def test_under_cosine_length_does_not_matter(photos, sketches, rng):
    long = [Side(side.codes * rng.uniform(1, 9, (len(side), 1)), side.labels) for side in (photos, sketches)]
    np.testing.assert_allclose(space_figures(*long, "cosine"), space_figures(photos, sketches, "cosine"), rtol=1e-9)


def test_under_l1_the_order_of_axes_does_not_matter_but_rotation_does(photos, sketches, rng):
    def gap(change):
        return modality_gap(change(photos.codes), change(sketches.codes), "l1")

    as_it_is = gap(lambda codes: codes)
    assert gap(lambda codes: codes[:, [2, 0, 3, 1]]) == pytest.approx(as_it_is)
    assert abs(gap(lambda codes: codes @ rotation(rng, 4)) - as_it_is) > 1e-3


def test_the_order_of_modalities_and_items_does_not_matter(photos, sketches):
    figures = space_figures(photos, sketches)
    np.testing.assert_allclose(space_figures(sketches, photos), figures)
    np.testing.assert_allclose(space_figures(photos.take(np.arange(12)[::-1]), sketches), figures)


def test_single_precision_gives_the_same_figures(photos, sketches):
    singles = [Side(side.codes.astype(np.float32), side.labels) for side in (photos, sketches)]
    np.testing.assert_allclose(space_figures(*singles), space_figures(photos, sketches), rtol=1e-5)


@pytest.mark.parametrize("labels", [["a"] * 3, ["a", "b", "c"]])
def test_one_class_or_lone_items_have_no_silhouette(labels):
    with pytest.raises(BadInputError, match="silhouette"):
        silhouettes(np.eye(3), labels)


def test_what_cannot_be_measured_is_refused(photos, sketches):
    with pytest.raises(BadInputError, match="1 classes in common"):
        class_modality_gap(photos, sketches.take([0, 3]))
    with pytest.raises(BadInputError, match="several labels"):
        class_modality_gap(photos, Side(np.eye(2), np.eye(2)))
    with pytest.raises(BadInputError, match="dimensions"):
        modality_gap(photos.codes, sketches.codes[:, :2])
    with pytest.raises(UnknownNameError, match="euclidean"):
        modality_gap(photos.codes, sketches.codes, "euclid")
