"""Numbers for what a map of codes shows: are classes apart, and do photos and sketches lie together?

A map by t-SNE or UMAP keeps neighbourhoods, and nothing else of it can be measured. These figures are taken from the
codes themselves.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.codes import check_codes
from zsr_lib.evaluation.sides import Side
from zsr_lib.evaluation.space_points import points_of_both

SILHOUETTE_METRICS = {"euclidean": "euclidean", "cosine": "cosine", "l1": "manhattan", "hamming": "hamming"}
"""Our distances, as scikit-learn calls them."""


class SpaceFigures(NamedTuple):
    """The three figures of one space.

    Attributes:
        silhouette: Mean of `silhouettes` by class, over the items of both modalities.
        modality_gap: As `modality_gap`.
        class_modality_gap: As `class_modality_gap`.
    """

    silhouette: float
    modality_gap: float
    class_modality_gap: float


def space_figures(photos: Side, sketches: Side, distance: str = "euclidean") -> SpaceFigures:
    """All figures of a shared space.

    Args:
        photos: Codes with one label each.
        sketches: Likewise.
        distance: The one that belongs to the codes, one of `zsr_lib.evaluation.codes.DISTANCES`.

    Raises:
        BadInputError: Unusable codes, or fewer than two classes.
        UnknownNameError: Unknown distance.
    """
    codes = np.concatenate([photos.codes, sketches.codes])
    labels = np.concatenate([photos.labels, sketches.labels])
    return SpaceFigures(
        float(silhouettes(codes, labels, distance).mean()),
        modality_gap(photos.codes, sketches.codes, distance),
        class_modality_gap(photos, sketches, distance),
    )


def silhouettes(codes: np.ndarray, labels: np.ndarray, distance: str = "euclidean") -> np.ndarray:
    """How much nearer each item is to its own class than to the next one: ``(b − a) / max(a, b)``.

    a is the item's mean distance to the others of its class, b the smallest of its mean distances to the items of
    another class. 1: the class is a point, far from all others; 0: the item lies between two classes; below 0: it lies
    among another class. The only item of a class scores 0. Computed by scikit-learn.

    Source: Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis", Journal
    of Computational and Applied Mathematics 20, 1987.

    Args:
        codes: (N, D) numbers or (N, B) packed bits.
        labels: (N,) class of each.
        distance: The one that belongs to the codes.

    Returns:
        (N,) float64 in [−1, 1].

    Raises:
        BadInputError: Unusable codes, fewer than two classes, or no class with two items.
        UnknownNameError: Unknown distance.
    """
    from sklearn.metrics import silhouette_samples

    labels = _labels_of(Side(codes, labels))
    if not 1 < len(np.unique(labels)) < len(labels):
        raise BadInputError(
            f"{len(labels)} items of {len(np.unique(labels))} classes have no silhouette.",
            "give two or more classes, and at least one with two items.",
        )
    codes = check_codes(codes, codes, distance).queries
    codes = np.unpackbits(codes, axis=1) if distance == "hamming" else codes.astype(np.float64)
    return silhouette_samples(codes, labels, metric=SILHOUETTE_METRICS[distance])


def modality_gap(first: np.ndarray, second: np.ndarray, distance: str = "euclidean") -> float:
    """The relative modality gap: distance between the modalities' means over the spread within a modality.

    ``‖m₁ − m₂‖ / √((s₁² + s₂²) / 2)``, where mᵢ is the mean of modality i and sᵢ the root mean square distance of its
    items from mᵢ. 0: both clouds have one centre; 1: the centres are as far apart as items are from their own centre.
    The numerator for unit codes is the modality gap of Liang, Zhang, Kwon, Yeung and Zou, "Mind the Gap", NeurIPS 2022;
    dividing makes it comparable between spaces of different scale.

    Args:
        first: (N, D) numbers or (N, B) packed bits of one modality.
        second: (M, D) or (M, B) of the other.
        distance: The one that belongs to the codes; decides what is averaged (`as_points`).

    Returns:
        0 or more; inf where no modality has any spread, NaN where all codes are one point.

    Raises:
        BadInputError: Unusable codes.
        UnknownNameError: Unknown distance.
    """
    clouds = points_of_both(first, second, distance)
    means = [cloud.mean(axis=0) for cloud in clouds]
    variances = [(_lengths(cloud - mean, distance) ** 2).mean() for cloud, mean in zip(clouds, means, strict=True)]
    return _ratio(_lengths(means[0] - means[1], distance), np.sqrt(np.mean(variances)))


def class_modality_gap(first: Side, second: Side, distance: str = "euclidean") -> float:
    """The class-conditional relative modality gap: how far a class's two means are apart, in distances between classes.

    The mean over classes of the distance between the class's mean in one modality and its mean in the other, over the
    mean distance between two classes' means in the same modality (over all pairs of classes and both modalities).
    Below 1, a class's photos and sketches are nearer to each other than classes are.

    Args:
        first: Codes of one modality with one label each; classes that the other modality lacks are left out.
        second: Likewise.
        distance: The one that belongs to the codes; decides what is averaged (`as_points`).

    Returns:
        0 or more; inf where the classes of each modality coincide, NaN where all means are one point.

    Raises:
        BadInputError: Unusable codes, or fewer than two common classes.
        UnknownNameError: Unknown distance.
    """
    labels = [_labels_of(side) for side in (first, second)]
    classes = np.intersect1d(*labels)
    if len(classes) < 2:
        raise BadInputError(
            f"the modalities have {len(classes)} classes in common.", "give items of two or more classes in both."
        )
    clouds = points_of_both(first.codes, second.codes, distance)
    means = np.stack(list(map(_class_means, clouds, labels, [classes] * 2)))  # (2, C, D)
    left, right = np.array(list(combinations(range(len(classes)), 2))).T
    between = _lengths(means[:, left] - means[:, right], distance).mean()
    return _ratio(_lengths(means[0] - means[1], distance).mean(), between)


def _labels_of(side: Side) -> np.ndarray:
    labels = np.asarray(side.labels)
    if labels.ndim != 1:
        raise BadInputError("items with several labels belong to no single class.", "give one label for each item.")
    return labels


def _class_means(points: np.ndarray, labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    return np.stack([points[labels == name].mean(axis=0) for name in classes])


def _lengths(differences: np.ndarray, distance: str) -> np.ndarray:
    """(…, D) → (…): city-block lengths under ``l1``, Euclidean ones otherwise."""
    return np.linalg.norm(differences, ord=1 if distance == "l1" else 2, axis=-1)


def _ratio(above: float, below: float) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.divide(above, below))
