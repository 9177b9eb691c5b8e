"""A fitted system on the unseen classes of a task, in every direction."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.evaluation.score import Evaluation, evaluate
from zsr_lib.evaluation.sides import Side
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

    Where queries and gallery are of one modality, a query is taken out of its own gallery.

    Args:
        method: A fitted system; its distance compares the codes.
        task: Whose unseen classes are searched; its own sketches only, never machine-made ones.
        metrics: Full names.
        directions: ``sketch→photo`` and the like.
        no_relevant: What becomes of a query without a relevant gallery item, as in `Protocol`.

    Raises:
        BadInputError: Codes that cannot be compared, or a query that has nothing to find.
    """
    metrics, sides, scored = tuple(metrics), {}, {}
    for direction in directions:
        ends = direction.split("→")
        for modality in ends:
            if modality not in sides:
                sides[modality] = _side(method, task.queries() if modality == "sketch" else task.gallery())
        queries, gallery = (sides[modality] for modality in ends)
        rule = "without-query" if queries is gallery else "all"
        protocol = Protocol(direction, "zero-shot", rule, distance=method.distance, no_relevant=no_relevant)
        scored[direction] = Scored(evaluate(queries, gallery, metrics, protocol), queries.ids)
    return scored


def _side(method: Method, items: ItemSet) -> Side:
    return Side(method.embed(items), items.class_names.astype(str), items.ids.astype(str))
