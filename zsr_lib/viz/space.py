"""The shared space before and after training, the same items in each panel."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from zsr_lib.errors import BadInputError
from zsr_lib.viz.contact_sheet import evenly
from zsr_lib.viz.embedding import How, embedding_map, map_legend, project
from zsr_lib.viz.page import SMALL, legend_below

TITLES: dict[How, str] = {"tsne": "t-SNE", "umap": "UMAP"}


def space_maps(
    figure: Figure,
    states: Mapping[str, np.ndarray],
    classes: Sequence[str],
    modalities: Sequence[str],
    seen: Collection[str] = (),
    how: Sequence[How] = ("tsne", "umap"),
    seed: int = 0,
    neighbours: int = 30,
) -> None:
    """Draws one column for each state and one row for each projection, with a legend of all panels below.

    Args:
        figure: An empty one, as `zsr_lib.viz.page.page_figure` makes it.
        states: Title (before training, after training) → (N, D) points of the same items in the same order, as
            `zsr_lib.evaluation.space_points.as_points` makes them of codes.
        classes: (N,) class name of each item.
        modalities: (N,) modality of each item.
        seen: Classes that were seen in training; their points are hollow, the others filled.
        how: Projections.
        seed: Of the projections.
        neighbours: How many near codes each one attends to.

    Raises:
        UnknownNameError: There is no such projection.
        BadInputError: There is nothing to draw, or lengths disagree.
    """
    if not states or not how or any(len(points) != len(classes) for points in states.values()):
        raise BadInputError(
            f"{len(states)} states of {[len(points) for points in states.values()]} items and {len(classes)} class "
            "names do not fit together.",
            "give at least one state and one projection, and the same items in each state.",
        )
    axes = figure.subplots(len(how), len(states), squeeze=False)
    for row, projection in zip(axes, how, strict=True):
        for axis, points in zip(row, states.values(), strict=True):
            embedding_map(axis, project(points, projection, seed, neighbours), classes, modalities, seen, legend=False)
        row[0].set_ylabel(TITLES[projection], fontsize=SMALL + 1)
    for axis, title in zip(axes[0], states, strict=True):
        axis.set_title(title, fontsize=SMALL + 1)
    legend_below(figure, map_legend(classes, modalities, seen))


def thinned(classes: Sequence[str], modalities: Sequence[str], most: int) -> np.ndarray:
    """(M,) ascending rows: at most `most` items of each class and modality, spread evenly over them.

    A few hundred points are enough to see a space; thousands hide each other, and take minutes to place.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(zip(classes, modalities, strict=True)):
        groups.setdefault(key, []).append(row)
    kept = [np.array(rows)[evenly(len(rows), most)] for rows in groups.values()]
    return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *kept]))
