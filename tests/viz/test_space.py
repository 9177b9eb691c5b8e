import numpy as np
import pytest

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.viz import space
from zsr_lib.viz.space import space_maps, thinned

CLASSES = np.repeat(["bridge", "canal", "dam", "weir"], 6)
MODALITIES = np.tile(["photo", "sketch"], 12)


@pytest.fixture
def states():
    dice = np.random.default_rng(0)
    return {name: dice.normal(size=(24, 5)) for name in ("before training", "after training")}


@pytest.fixture
def no_projection(monkeypatch):
    """The first two coordinates, and what was asked for."""
    asked = []

    def first_two(points, how, seed, neighbours):
        asked.append((how, seed, neighbours))
        return points[:, :2]

    monkeypatch.setattr(space, "project", first_two)
    return asked


def drawn(axis):
    """Points of a panel, by colour, shape and filling."""
    found = {}
    for each in axis.collections:
        edge, filled = tuple(each.get_edgecolors()[0]), bool(len(each.get_facecolors()))
        key = edge, len(each.get_paths()[0].vertices), filled
        found.setdefault(key, set()).update(map(tuple, np.asarray(each.get_offsets()).tolist()))
    return found


def test_columns_are_states_and_rows_are_projections(figure, states, no_projection):
    space_maps(figure, states, CLASSES, MODALITIES, seed=3, neighbours=7)
    first, second, third, fourth = figure.axes
    assert [axis.get_title() for axis in (first, second)] == list(states)
    assert [axis.get_ylabel() for axis in (first, third)] == ["t-SNE", "UMAP"]
    assert no_projection == [(how, 3, 7) for how in ("tsne", "tsne", "umap", "umap")]
    for axis, points in zip((first, second, third, fourth), [*states.values()] * 2, strict=True):
        assert set().union(*drawn(axis).values()) == set(map(tuple, points[:, :2].tolist()))


def test_every_panel_draws_an_item_alike(figure, states, no_projection):
    space_maps(figure, states, CLASSES, MODALITIES, seen=["dam", "weir"])
    places = [points[:, :2].tolist() for points in states.values()] * 2
    looks = []
    for axis, points in zip(figure.axes, places, strict=True):
        look = {place: key for key, group in drawn(axis).items() for place in group}
        looks.append([look[tuple(point)] for point in points])
    assert looks[0] == looks[1] == looks[2] == looks[3]
    assert len(set(looks[0])) == 8  # four classes in two modalities
    assert [filled for _, _, filled in looks[0]] == [name in ("bridge", "canal") for name in CLASSES]


def test_one_legend_below_names_classes_and_shapes(figure, states, no_projection, readable):
    space_maps(figure, states, CLASSES, MODALITIES, seen=["dam", "weir"])
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        *("bridge", "canal", "dam (seen)", "weir (seen)"),
        *("photo, unseen", "sketch, unseen", "photo, seen", "sketch, seen"),
    ]
    assert all(axis.get_legend() is None for axis in figure.axes)
    readable(figure)


def test_it_projects_for_itself(figure, states):
    space_maps(figure, states, CLASSES, MODALITIES, how=("tsne",), neighbours=5)
    assert all(len(each.get_offsets()) for axis in figure.axes for each in axis.collections)


def test_a_space_is_thinned_evenly_by_class_and_modality():
    kept = thinned(CLASSES, MODALITIES, 2)
    assert kept.tolist() == sorted(kept.tolist())
    pairs, counts = np.unique(np.stack([CLASSES, MODALITIES], axis=1)[kept], axis=0, return_counts=True)
    assert (len(pairs), set(counts)) == (8, {2})
    assert {0, 1, 4, 5} <= set(kept.tolist())  # the first and the last of each
    assert thinned(CLASSES, MODALITIES, 99).tolist() == list(range(24))
    assert thinned([], [], 2).tolist() == []


def test_states_of_other_items_are_refused(figure, states):
    with pytest.raises(BadInputError, match="same items"):
        space_maps(figure, states | {"after training": np.zeros((23, 5))}, CLASSES, MODALITIES)
    with pytest.raises(BadInputError):
        space_maps(figure, {}, CLASSES, MODALITIES)
    with pytest.raises(UnknownNameError, match="tsne"):
        space_maps(figure, states, CLASSES, MODALITIES, how=("tnse",))
