"""Which items a split by items trains on, chooses models by, and tests with."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from zsr_lib.data.checksums import combined
from zsr_lib.data.groups import GROUPS, SHARE, Group
from zsr_lib.data.items import ItemSet
from zsr_lib.data.splits.by_items import SQUARE, ItemSplit
from zsr_lib.errors import BadInputError

Division = Mapping[Group, Mapping[str, frozenset[str]]]
"""Group → modality → ids of its items."""


def divide(split: ItemSplit, items: Mapping[str, ItemSet], seed: int = 0, validation: bool = True) -> Division:
    """Divides all items, those in a guard band left out.

    Tested with are, of each class and modality, those items, pairs or squares whose SHA-256 of
    ``"<seed>/<modality>/<id>"`` (of their first item by name) comes first, whatever the order of the items; likewise
    for validation among those that are left.

    Args:
        split: Of which share, and what stays together.
        items: Modality → items.
        seed: Which of the possible validation items.
        validation: Whether a fifth of what is not tested with is held out for choosing models.

    Raises:
        BadInputError: There are no pairs or footprints where they are asked for, a partner is missing, or nothing
            would be left for the test or for training.
    """
    names = np.array([name for those in items.values() for name in those.full_ids])
    kin = _components(len(names), () if split.by == "item" else _partners(items, needed=split.by == "pair"))
    footprints = _footprints(items) if split.guard else None
    together = kin
    if split.by == "place":
        together = _components(
            len(names), itertools.chain(_alike(kin), _alike(_squares(footprints, SQUARE * split.guard)))
        )
    labels = np.concatenate([n * len(those.classes) + those.labels for n, those in enumerate(items.values())])
    tested = _chosen(names, labels, together, np.ones(len(names), bool), split.share, split.seed)
    left = ~tested
    if split.guard:
        left &= ~np.isin(kin, kin[_nearer(footprints, tested, split.guard)])
    held = _chosen(names, labels, together, left, SHARE if validation else 0.0, seed)
    masks = dict(zip(GROUPS, (left & ~held, held, tested), strict=True))
    if not (masks["seen"].any() and tested.any()):
        raise BadInputError(
            f"split '{split.name}' leaves {masks['seen'].sum()} items to train on and {tested.sum()} to test with.",
            "change the share, or make the guard band narrower.",
        )
    return {group: _by_modality(items, mask) for group, mask in masks.items()}


def check_alone(split: ItemSplit, *others: object) -> None:
    """Refuses what may show held-out items beside a split by items.

    Raises:
        BadInputError: There is something of the kind.
    """
    if any(others):
        raise BadInputError(
            f"'{split.name}' divides items: drawings and other data sets may show those that are held out.",
            "leave out machine_sketches and auxiliary; validation_classes may be 0.",
        )


def classes_of(division: Division, items: Mapping[str, ItemSet]) -> list[tuple[str, ...]]:
    """The classes of each group's items, in label order."""
    parts = [[items[modality].of_ids(ids) for modality, ids in division[group].items()] for group in GROUPS]
    held = [set().union(*(part.labels.tolist() for part in each)) for each in parts]
    names = next(iter(items.values())).classes
    return [tuple(name for label, name in enumerate(names) if label in each) for each in held]


def checksum(division: Division) -> str:
    """SHA-256 of which items are in which group."""
    held = ((group, modality, sorted(ids)) for group, each in division.items() for modality, ids in each.items())
    return combined([f"{group} {modality} {each}" for group, modality, ids in held for each in ids])


def _partners(items: Mapping[str, ItemSet], needed: bool) -> Iterator[tuple[int, int]]:
    """(place, place) of partners among all items, one modality after the other."""
    if needed and all(those.pairs is None for those in items.values()):
        raise BadInputError("no item knows a partner.", "split by item: by-item-20-choice-0.")
    count, places = itertools.count(), {}
    for name, those in items.items():
        places[name] = dict(zip(those.ids.tolist(), count, strict=False))
    for name, those in items.items():
        others = [places[other] for other in items if other != name]
        for own, partner in zip(those.ids.tolist(), () if those.pairs is None else those.pairs.tolist(), strict=False):
            found = [other[partner] for other in others if partner in other]
            if partner and not found:
                raise BadInputError(
                    f"the partner '{partner}' of {name} item '{own}' is not in the data set.",
                    "give '' for items without a partner.",
                )
            yield from ((places[name][own], place) for place in found)


def _components(count: int, edges: Iterable[tuple[int, int]]) -> np.ndarray:
    """(count,) number of the connected component of each item."""
    from scipy.sparse import coo_array  # only here: searching an archive, which comes by, need not wait for it
    from scipy.sparse.csgraph import connected_components

    ends = np.array(list(edges), dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(ends.shape[1]), tuple(ends)), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def _alike(numbers: np.ndarray) -> Iterator[tuple[int, int]]:
    """Edges from each item to the first one with its number; negative numbers have none."""
    _, first, which = np.unique(numbers, return_index=True, return_inverse=True)
    return ((row, place) for row, place in enumerate(first[which].tolist()) if numbers[row] >= 0)


def _footprints(items: Mapping[str, ItemSet]) -> np.ndarray:
    """(N, 5) footprints of all items, NaN where they have none."""
    if all(those.footprints is None for those in items.values()):
        raise BadInputError("no item has a footprint, so none is near another.", "take a split without a guard band.")
    nowhere = {name: np.full((len(those), 5), np.nan) for name, those in items.items()}
    return np.concatenate(
        [nowhere[name] if (own := those.footprints) is None else own for name, those in items.items()]
    )


def _squares(footprints: np.ndarray, side: float) -> np.ndarray:
    """(N,) number of the square of a scene that the middle of each footprint lies in; −1 without a footprint."""
    middle = (footprints[:, 1:3] + footprints[:, 3:5]) / 2
    squares = np.concatenate([footprints[:, :1], middle // side], axis=1)
    numbers = np.unique(squares, axis=0, return_inverse=True)[1]
    return np.where(np.isnan(footprints[:, 0]), -1, numbers)


def _nearer(footprints: np.ndarray, tested: np.ndarray, band: float) -> np.ndarray:
    """(N,) whether less than `band` lies between an item's footprint and one that is tested, in the same scene."""
    near = np.zeros(len(footprints), bool)
    for scene, top, left, bottom, right in np.unique(footprints[tested], axis=0):
        down = np.maximum(footprints[:, 1] - bottom, top - footprints[:, 3]).clip(0)
        across = np.maximum(footprints[:, 2] - right, left - footprints[:, 4]).clip(0)
        near |= (footprints[:, 0] == scene) & (np.hypot(down, across) < band)
    return near


def _chosen(
    names: np.ndarray, labels: np.ndarray, together: np.ndarray, among: np.ndarray, share: float, seed: int
) -> np.ndarray:
    """(N,) the items of a share of each label's groups (by their first item) among some items, by SHA-256."""
    order = np.flatnonzero(among)[np.argsort(names[among], kind="stable")]
    first = order[np.unique(together[order], return_index=True)[1]]  # (groups,) their first item by name
    ranks = [hashlib.sha256(f"{seed}/{name}".encode()).digest() for name in names[first].tolist()]
    by_rank = first[sorted(range(len(first)), key=ranks.__getitem__)]
    of_class = [by_rank[labels[by_rank] == label] for label in np.unique(labels[first])]
    picked = [place for places in of_class for place in places[: round(share * len(places))].tolist()]
    return among & np.isin(together, together[picked])


def _by_modality(items: Mapping[str, ItemSet], mask: np.ndarray) -> dict[str, frozenset[str]]:
    parts = np.split(mask, np.cumsum([len(those) for those in items.values()])[:-1])
    return {name: frozenset(those.ids[part].tolist()) for (name, those), part in zip(items.items(), parts, strict=True)}
