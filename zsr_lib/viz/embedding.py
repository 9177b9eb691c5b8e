"""Codes of photos and sketches as points in the plane: colour is the class, shape the modality, hollow is seen."""

from collections.abc import Collection, Sequence
from typing import Literal, get_args

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.viz.palette import INK, REST, class_colours

How = Literal["tsne", "umap"]
MARKERS = ("o", "^", "s", "D", "v", "P")
"""One for each modality, in order of appearance."""
FEWEST = 4


def project(codes: np.ndarray, how: How = "tsne", seed: int = 0, neighbours: int = 30) -> np.ndarray:
    """Places N codes in the plane so that near codes stay near; far ones, and distances between groups, mean nothing.

    Coordinates depend on the number of threads (t-SNE) or on the machine (UMAP): look at them, never compare them.

    Source: van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 2008; McInnes, Healy and Melville, "UMAP",
    arXiv:1802.03426.

    Args:
        codes: (N, D) codes, compared by Euclidean distance; bring them to unit length where their distance is cosine.
        how: The method.
        seed: Of its random numbers.
        neighbours: How many near codes each one attends to (t-SNE's perplexity); at most a third of N is used.

    Returns:
        (N, 2) float32.

    Raises:
        UnknownNameError: There is no such method.
        BadInputError: Codes are not (N, D) with N of 4 or more, or `neighbours` is below 2.
    """
    if how not in get_args(How):
        raise UnknownNameError("projection", how, get_args(How))
    codes = np.asarray(codes, dtype=np.float32)
    if codes.ndim != 2 or len(codes) < FEWEST or neighbours < 2:
        raise BadInputError(
            f"codes of shape {codes.shape} cannot be placed by {neighbours} neighbours.",
            f"give {FEWEST} or more rows of codes, and 2 or more neighbours.",
        )
    few = max(1, min(neighbours, (len(codes) - 1) // 3))
    if how == "umap":
        from umap import UMAP

        from zsr_lib.training.reproducible import pinned

        with pinned():  # UMAP's compiled loops set OpenMP, and with it torch, to all cores and leave it so
            return UMAP(n_neighbors=max(2, few), random_state=seed, n_jobs=1).fit_transform(codes)
    from sklearn.manifold import TSNE

    return TSNE(perplexity=few, init="pca", random_state=seed).fit_transform(codes)


def embedding_map(
    axis: Axes,
    points: np.ndarray,
    classes: Sequence[str],
    modalities: Sequence[str],
    seen: Collection[str] = (),
    legend: bool = True,
) -> None:
    """Draws points without ticks, since coordinates mean nothing, and a legend of classes and modalities.

    Args:
        axis: Drawn on.
        points: (N, 2) places.
        classes: (N,) class name of each; at most seven have a colour (`class_colours`), which depends on the names
            alone, so that two maps of the same classes agree.
        modalities: (N,) modality of each.
        seen: Classes that were seen in training; their points are hollow.
        legend: Whether to put the legend beside the axis; `map_legend` has its entries for another place.

    Raises:
        BadInputError: Lengths disagree, or there are more modalities than shapes.
    """
    classes, modalities = np.asarray(classes), np.asarray(modalities)
    shapes = _shapes(modalities)
    if not len(points) == len(classes) == len(modalities) or len(shapes) < len(set(modalities.tolist())):
        raise BadInputError(
            f"{len(points)} points, {len(classes)} classes and {len(modalities)} modalities do not fit together.",
            f"give one class and one of at most {len(MARKERS)} modalities for each point.",
        )
    colours = class_colours(classes.tolist(), seen)
    area = float(np.clip(6000 / max(1, len(points)), 6, 16))
    # What matters most is drawn last: coloured over grey, unseen over seen.
    order = sorted(np.unique(classes).tolist(), key=lambda name: (name in colours, name not in seen, name))
    for name in order:
        colour = colours.get(name, REST)
        for modality, marker in shapes.items():
            rows = (classes == name) & (modalities == modality)
            filling = "none" if name in seen else colour
            axis.scatter(*points[rows].T, s=area, marker=marker, linewidths=0.8, facecolors=filling, edgecolors=colour)
    axis.set(xticks=[], yticks=[])
    for side in axis.spines.values():
        side.set_visible(False)
    if legend:
        handles = map_legend(classes, modalities, seen)
        axis.legend(handles=handles, loc="upper left", bbox_to_anchor=(1, 1), frameon=False)


def map_legend(classes: Sequence[str], modalities: Sequence[str], seen: Collection[str] = ()) -> list[Line2D]:
    """Entries for the legend of `embedding_map` with the same arguments: coloured classes, then shapes."""
    names = set(np.asarray(classes).tolist())
    colours = class_colours(names, seen)
    lines = {f"{name} (seen)" if name in seen else name: colour for name, colour in colours.items()}
    if len(colours) < len(names):
        lines["other classes"] = REST
    groups = {"": "full"}
    if held := names & set(seen):
        groups = {", unseen": "full"} if held < names else {}
        groups[", seen"] = "none"
    return [Line2D([], [], color=colour, linewidth=4, label=label) for label, colour in lines.items()] + [
        Line2D([], [], marker=marker, fillstyle=fill, label=modality + group, color=INK, linestyle="", markersize=5)
        for group, fill in groups.items()
        for modality, marker in _shapes(modalities).items()
    ]


def _shapes(modalities: Sequence[str]) -> dict[str, str]:
    return dict(zip(dict.fromkeys(np.asarray(modalities).tolist()), MARKERS, strict=False))
