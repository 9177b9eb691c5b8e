import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.viz.embedding import embedding_map, map_legend, project
from zsr_lib.viz.palette import OKABE_ITO


@pytest.fixture
def clusters():
    """Two far clusters of twelve codes each."""
    dice = np.random.default_rng(0)
    return np.concatenate([dice.normal(0, 0.1, (12, 6)), dice.normal(5, 0.1, (12, 6))]).astype(np.float32)


def nearest_is_of_own_cluster(points):
    distances = np.linalg.norm(points[:, None] - points[None], axis=2) + np.diag([np.inf] * len(points))
    return (distances.argmin(axis=1) < 12) == (np.arange(24) < 12)


def test_what_is_near_stays_near(clusters):
    points = project(clusters, neighbours=5)
    assert points.shape == (24, 2)
    assert nearest_is_of_own_cluster(points).all()


def test_umap_gets_the_seed_and_the_neighbours(clusters, monkeypatch):
    """The library itself compiles for a minute before it places its first point."""
    asked = {}

    class Umap:
        def __init__(self, **options):
            asked.update(options)

        def fit_transform(self, codes):
            return codes[:, :2]

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=Umap))
    assert np.array_equal(project(clusters, how="umap", seed=3, neighbours=5), clusters[:, :2])
    assert asked == {"n_neighbors": 5, "random_state": 3, "n_jobs": 1}


def test_umap_leaves_the_number_of_threads_as_it_was(clusters, monkeypatch):
    before = torch.get_num_threads()

    class Umap(SimpleNamespace):
        def fit_transform(self, codes):
            torch.set_num_threads(before + 1)  # as numba's OpenMP layer does
            return codes[:, :2]

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=Umap))
    project(clusters, how="umap")
    assert torch.get_num_threads() == before


def test_one_seed_gives_one_picture(clusters):
    assert np.array_equal(project(clusters, seed=3), project(clusters, seed=3))


@pytest.mark.parametrize(
    ("codes", "options", "error"),
    [
        (np.zeros((3, 2)), {}, BadInputError),
        (np.zeros(9), {}, BadInputError),
        (np.zeros((9, 2)), {"neighbours": 1}, BadInputError),
        (np.zeros((9, 2)), {"how": "tnse"}, UnknownNameError),
    ],
)
def test_what_cannot_be_placed_is_refused(codes, options, error):
    with pytest.raises(error):
        project(codes, **options)


def test_colour_is_the_class_and_shape_the_modality(axis):
    points = np.arange(8.0).reshape(4, 2)
    embedding_map(axis, points, ["river", "runway", "river", "runway"], ["photo", "photo", "sketch", "sketch"])
    drawn = {tuple(np.asarray(each.get_offsets())[0].tolist()): each for each in axis.collections}
    assert set(drawn) == {tuple(point) for point in points.tolist()}

    def colour(point):
        return tuple(drawn[point].get_edgecolors()[0])

    assert colour((0.0, 1.0)) == colour((4.0, 5.0)) != colour((2.0, 3.0)) == colour((6.0, 7.0))
    shapes = {point: len(each.get_paths()[0].vertices) for point, each in drawn.items()}
    assert shapes[0.0, 1.0] == shapes[2.0, 3.0] != shapes[4.0, 5.0] == shapes[6.0, 7.0]


def test_the_legend_names_classes_and_modalities(axis):
    embedding_map(axis, np.zeros((2, 2)), ["river", "runway"], ["photo", "sketch"])
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["river", "runway", "photo", "sketch"]


def test_two_maps_of_the_same_classes_agree_in_colour(axis):
    embedding_map(axis, np.zeros((2, 2)), ["b", "a"], ["photo", "photo"])
    first = {text.get_text(): line.get_color() for text, line in zip(*_legend(axis), strict=True)}
    embedding_map(axis, np.zeros((2, 2)), ["a", "b"], ["photo", "photo"])
    assert first == {text.get_text(): line.get_color() for text, line in zip(*_legend(axis), strict=True)}


def test_points_of_seen_classes_are_hollow(axis):
    points = np.arange(4.0).reshape(2, 2)
    embedding_map(axis, points, ["river", "runway"], ["photo", "photo"], seen=["runway", "elsewhere"])
    filled = {tuple(each.get_offsets()[0].tolist()): bool(len(each.get_facecolors())) for each in axis.collections}
    assert filled == {(0.0, 1.0): True, (2.0, 3.0): False}


def test_of_many_classes_the_others_are_grey_and_drawn_first(axis):
    names = [f"class {number:02}" for number in range(20)]
    embedding_map(axis, np.zeros((20, 2)), names, ["photo"] * 20, seen=names[:10])
    edges = [to_hex(each.get_edgecolors()[0]).upper() for each in axis.collections]
    assert edges[:13] == ["#CCCCCC"] * 13
    assert set(edges[13:]) == set(OKABE_ITO)
    hollow = [not len(each.get_facecolors()) for each in axis.collections]
    assert hollow == [True] * 7 + [False] * 6 + [True] * 3 + [False] * 4
    assert "other classes" in [text.get_text() for text in axis.get_legend().get_texts()]


@pytest.mark.parametrize(
    ("seen", "groups"),
    [([], ["photo"]), (["a"], ["photo, unseen", "photo, seen"]), (["a", "b"], ["photo, seen"])],
)
def test_the_legend_tells_seen_from_unseen_where_there_are_seen_ones(seen, groups):
    handles = map_legend(["a", "b"], ["photo", "photo"], seen)
    assert [each.get_label() for each in handles if each.get_linestyle() == "None"] == groups


def test_the_legend_can_be_left_to_the_figure(axis):
    embedding_map(axis, np.zeros((2, 2)), ["a", "b"], ["photo", "photo"], legend=False)
    assert axis.get_legend() is None


def _legend(axis):
    return axis.get_legend().get_texts(), axis.get_legend().get_lines()


@pytest.mark.parametrize(
    ("classes", "modalities"), [(["a"], ["photo"] * 7), (["a"] * 7, [f"modality {number}" for number in range(7)])]
)
def test_names_that_do_not_fit_are_refused(axis, classes, modalities):
    with pytest.raises(BadInputError):
        embedding_map(axis, np.zeros((7, 2)), classes, modalities)
