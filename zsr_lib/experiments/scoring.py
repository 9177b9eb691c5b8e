"""A fitted system on the test items of a task, in every direction."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.directions import ends
from zsr_lib.evaluation.protocols import select
from zsr_lib.evaluation.score import Evaluation, evaluate
from zsr_lib.evaluation.sides import Side
from zsr_lib.experiments.blind import blind
from zsr_lib.experiments.config import RetrievalConfig, check_ends
from zsr_lib.models.method import Method

ZERO_SHOT = RetrievalConfig()


class Scored(NamedTuple):
    """One direction's evaluation and the (Q,) ids of its queries."""

    evaluation: Evaluation
    ids: np.ndarray

    def per_query(self) -> dict[str, np.ndarray]:
        """The (Q,) ids, labels and values of every metric, by name."""
        return {"ids": self.ids, "labels": self.evaluation.labels} | self.evaluation.per_query


def score(
    method: Method,
    task: Task,
    metrics: Iterable[str],
    directions: Iterable[str],
    retrieval: RetrievalConfig = ZERO_SHOT,
    device: str = "cpu",
) -> dict[str, Scored]:
    """Embeds the test items of each modality once and scores each direction.

    Args:
        method: A fitted system; its distance compares the codes, its tokens rank the first again.
        task: Whose test items are searched; its own sketches only, never machine-made ones.
        metrics: Full names.
        directions: ``sketch→photo`` and the like.
        retrieval: How queries and gallery are chosen and compared.
        device: Where the codes are compared.

    Raises:
        UnknownNameError: The data set lacks a modality.
        BadInputError: Codes that cannot be compared, a query that has nothing to find, or no tokens to rank again by.
        LeakError: The system reads more of the items than their pixels and features.
    """
    directions = tuple(directions)
    items = items_to_score(task, directions, retrieval.setting)
    return score_sides(method, task, embedded(method, items, retrieval), metrics, directions, retrieval, device)


def items_to_score(task: Task, directions: Iterable[str], setting: str = "zero-shot") -> dict[str, ItemSet]:
    """Modality → the items that the directions need: unseen ones, and where the setting takes them seen ones, too.

    Raises:
        UnknownNameError: The data set lacks a modality.
        BadInputError: Its sketches are machine-made, or nothing but classes is held out where the setting tests on
            seen ones.
    """
    directions, held = tuple(directions), task.dataset.items
    for direction in directions:
        check_ends(direction, task.dataset.name, held)
    modalities = dict.fromkeys(end for direction in directions for end in ends(direction))
    for modality in modalities:
        task.test_items(modality)  # refuses machine-made ones
    if task.division is not None or setting == "zero-shot":
        return {modality: task.test_items(modality) for modality in modalities}
    if setting == "seen-class":
        raise BadInputError(
            f"{task.split.name} holds out classes, but no items of the seen ones.",
            "use a split by items, or another setting of retrieval.",
        )
    every = (*task.seen, *task.validation, *task.unseen)
    return {modality: held[modality].of_classes(every) for modality in modalities}


def embedded(method: Method, items: Mapping[str, ItemSet], retrieval: RetrievalConfig = ZERO_SHOT) -> dict[str, Side]:
    """Modality → codes (and tokens, for a second stage) of its items, with what says who belongs to whom.

    Raises:
        BadInputError: The system has no tokens to rank again by.
        LeakError: The system reads more of the items than their pixels and features.
    """
    return {modality: _side(method, each, retrieval) for modality, each in items.items()}


def score_sides(
    method: Method,
    task: Task,
    sides: Mapping[str, Side],
    metrics: Iterable[str],
    directions: Iterable[str],
    retrieval: RetrievalConfig = ZERO_SHOT,
    device: str = "cpu",
) -> dict[str, Scored]:
    """Scores each direction; where queries and gallery are one side, a query is taken out of its own gallery.

    Raises:
        BadInputError: As `score` says.
    """
    metrics, scored = tuple(metrics), {}
    seen, unseen = (*task.seen, *task.validation), task.unseen
    if task.division is not None:  # all that was handed over is held out, and of classes that were seen
        seen, unseen, retrieval = task.unseen, (), replace(retrieval, setting=task.setting)
    for direction in directions:
        protocol = retrieval.protocol(direction, method.distance)
        both = _paired(sides, direction) if retrieval.relevance == "pair" else [sides[end] for end in ends(direction)]
        queries, gallery = select(protocol, *both, seen, unseen)
        found = evaluate(queries, gallery, metrics, protocol, device=device, scores=method.rerank)
        scored[direction] = Scored(found, queries.ids)
    return scored


def _side(method: Method, items: ItemSet, retrieval: RetrievalConfig) -> Side:
    hidden, tags = blind(items), getattr(items, "tags", None)
    tokens = method.tokens(hidden) if retrieval.rerank else None
    if retrieval.rerank and tokens is None:
        raise BadInputError(f"'{method.name}' has no tokens to rank again by.", "leave retrieval.rerank at 0.")
    pairs = None if items.pairs is None else items.pairs.astype(str)
    return Side(method.embed(hidden), items.class_names.astype(str), items.ids.astype(str), pairs, tags, tokens)


def _paired(sides: Mapping[str, Side], direction: str) -> list[Side]:
    """Queries and gallery with one key for two partners: items of one modality name those of the other by their ids.

    Raises:
        BadInputError: Neither does.
    """
    queries, gallery = (sides[end] for end in ends(direction))
    if queries is gallery and queries.pairs is not None:
        return [queries, gallery]
    if queries is not gallery and queries.pairs is not None:
        return [queries, replace(gallery, pairs=gallery.ids)]
    if queries is not gallery and gallery.pairs is not None:
        return [replace(queries, pairs=queries.ids), gallery]
    raise BadInputError(f"in {direction} no item names a partner.", "take data with pairs, or relevance by class.")
