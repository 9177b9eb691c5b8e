"""A fitted system on the unseen classes of a task, in every direction."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.evaluation.score import Evaluation, evaluate
from zsr_lib.evaluation.sides import Side
from zsr_lib.experiments.blind import blind
from zsr_lib.models.method import Method


class Scored(NamedTuple):
    """One direction's evaluation and the (Q,) ids of its queries."""

    evaluation: Evaluation
    ids: np.ndarray

    def per_query(self) -> dict[str, np.ndarray]:
        """The (Q,) ids, labels and values of every metric, by name."""
        return {"ids": self.ids, "labels": self.evaluation.labels} | self.evaluation.per_query


def score(
    method: Method, task: Task, metrics: Iterable[str], directions: Iterable[str], no_relevant: str = "error"
) -> dict[str, Scored]:
    """Embeds the unseen sketches and photos once and scores each direction.

    Args:
        method: A fitted system; its distance compares the codes.
        task: Whose unseen classes are searched; its own sketches only, never machine-made ones.
        metrics: Full names.
        directions: ``sketch→photo`` and the like.
        no_relevant: What becomes of a query without a relevant gallery item, as in `Protocol`.

    Raises:
        BadInputError: Codes that cannot be compared, or a query that has nothing to find.
        LeakError: The system reads more of the items than their pixels and features.
    """
    directions = tuple(directions)
    return score_sides(embed_sides(method, task, directions), method.distance, metrics, directions, no_relevant)


def embed_sides(method: Method, task: Task, directions: Iterable[str]) -> dict[str, Side]:
    """Modality → codes, labels and ids of the unseen items that the directions need.

    Raises:
        LeakError: The system reads more of the items than their pixels and features.
    """
    modalities = dict.fromkeys(modality for direction in directions for modality in direction.split("→"))
    return {modality: _side(method, unseen_items(task, modality)) for modality in modalities}


def score_sides(
    sides: Mapping[str, Side], distance: str, metrics: Iterable[str], directions: Iterable[str], no_relevant: str
) -> dict[str, Scored]:
    """Scores each direction; where queries and gallery are one side, a query is taken out of its own gallery.

    Raises:
        BadInputError: As `score` says.
    """
    metrics, scored = tuple(metrics), {}
    for direction in directions:
        queries, gallery = (sides[modality] for modality in direction.split("→"))
        rule = "without-query" if queries is gallery else "all"
        protocol = Protocol(direction, "zero-shot", rule, distance=distance, no_relevant=no_relevant)
        scored[direction] = Scored(evaluate(queries, gallery, metrics, protocol), queries.ids)
    return scored


def unseen_items(task: Task, modality: str) -> ItemSet:
    """The items of one modality that are tested with."""
    return task.test_items(modality)


def _side(method: Method, items: ItemSet) -> Side:
    return Side(method.embed(blind(items)), items.class_names.astype(str), items.ids.astype(str))
