"""A fitted system on the test items of a task, in every direction."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.directions import check_ends, ends
from zsr_lib.evaluation.protocols import select
from zsr_lib.evaluation.rerank import Scores
from zsr_lib.evaluation.score import Evaluation, evaluate, seen_unseen
from zsr_lib.evaluation.sides import Side
from zsr_lib.experiments.blind import blind
from zsr_lib.experiments.config import RetrievalConfig
from zsr_lib.models.method import Method

ZERO_SHOT = RetrievalConfig()


class Scored(NamedTuple):
    """One direction's evaluation, the (Q,) ids of its queries, and what a code takes (`size_of_code`)."""

    evaluation: Evaluation
    ids: np.ndarray
    code: dict[str, Any]

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


def setting_on(task: Task, setting: str) -> str:
    """The setting that a task can be tested in: a split by items tests on seen classes, whatever is the default.

    Raises:
        BadInputError: The task holds out items where the setting needs classes, or classes where it needs items.
    """
    if setting == ZERO_SHOT.setting:
        return task.setting
    if (task.division is None) == (setting == "seen-class"):
        held, wanted = ("classes", "items") if task.division is None else ("items", "classes")
        raise BadInputError(
            f"'{setting}' tests on other {wanted} than those of the training, but {task.split.name} holds out {held}.",
            f"use a split by {wanted}, or another setting of retrieval.",
        )
    return setting


def items_to_score(task: Task, directions: Iterable[str], setting: str) -> dict[str, ItemSet]:
    """Modality → the items that the directions need: unseen ones, and where the setting takes them seen ones, too.

    Raises:
        UnknownNameError: The data set lacks a modality.
        BadInputError: Items are machine-made, or the setting does not go with the split.
    """
    directions, setting = tuple(directions), setting_on(task, setting)
    for direction in directions:
        check_ends(direction, task.dataset.name, task.dataset.items)
    modalities = dict.fromkeys(end for direction in directions for end in ends(direction))
    found = {modality: task.test_items(modality) for modality in modalities}
    if setting.startswith("generalised"):
        classes = (*task.seen, *task.validation, *task.unseen)
        found = {modality: task.dataset.of(modality).of_classes(classes) for modality in found}
    return found


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
    scores: Scores | None = None,
) -> dict[str, Scored]:
    """Scores each direction; where queries and gallery are one side, a query is taken out of its own gallery.

    `scores` stands in for the system's own second stage where it is given.

    Raises:
        BadInputError: As `score` says.
    """
    metrics, scored = tuple(metrics), {}
    retrieval = replace(retrieval, setting=setting_on(task, retrieval.setting))
    classes = ((*task.seen, *task.validation), task.unseen) if task.division is None else (task.unseen, ())
    for direction in directions:
        if retrieval.rerank and direction not in (method.reranks or (direction,)):
            raise BadInputError(
                f"'{method.name}' ranks again from {' and '.join(method.reranks)} only, not {direction}.",
                "leave that direction out of directions, or retrieval.rerank at 0.",
            )
        protocol = retrieval.protocol(direction, method.distance)
        both = _paired(sides, direction) if retrieval.relevance == "pair" else [sides[end] for end in ends(direction)]
        queries, gallery = select(protocol, *both, *classes)
        found = evaluate(queries, gallery, metrics, protocol, device=device, scores=scores or method.rerank)
        scored[direction] = Scored(found, queries.ids, size_of_code(gallery.codes, method.distance) | dict(method.kept))
    return scored


def size_of_code(codes: np.ndarray, distance: str) -> dict[str, Any]:
    """Of (N, ·) codes the ``length``, the ``type`` of the numbers (or bits, packed), and the ``bytes`` of one code."""
    width, size = codes.shape[1], codes[:1].nbytes
    if distance == "hamming" and codes.dtype == np.uint8:
        return {"length": 8 * width, "type": "bits", "bytes": size}
    return {"length": width, "type": str(codes.dtype), "bytes": size}


def halves(evaluation: Evaluation, task: Task) -> dict[str, dict[str, dict[str, float]]]:
    """Of a setting with queries of both kinds, ``seen_unseen``: metric → mean over each kind, and the harmonic mean."""
    seen, unseen = (*task.seen, *task.validation), task.unseen
    both = (np.isin(evaluation.labels[evaluation.counted], group).any() for group in (seen, unseen))
    if evaluation.protocol.setting != "generalised-both-20" or not all(both):
        return {}
    told = {metric: seen_unseen(evaluation, metric, seen, unseen)._asdict() for metric in evaluation.per_query}
    return {"seen_unseen": told}


def _side(method: Method, items: ItemSet, retrieval: RetrievalConfig) -> Side:
    hidden = blind(items)
    tokens = method.tokens(hidden) if retrieval.rerank else None
    tokens = None if tokens is None else np.array(tokens)
    if retrieval.rerank and tokens is None:
        raise BadInputError(f"'{method.name}' has no tokens to rank again by.", "leave retrieval.rerank at 0.")
    pairs = None if items.pairs is None else items.pairs.astype(str)
    # Plain numbers of our own: what a system gave cannot change, or act, once labels stand beside it.
    codes, asked = np.array(method.embed(hidden)), method.asked(hidden)
    asked = None if asked is None else np.array(asked)
    labels, ids = items.class_names.astype(str), items.ids.astype(str)
    return Side(codes, labels, ids, pairs, items.tags, tokens, asked)


def _paired(sides: Mapping[str, Side], direction: str) -> list[Side]:
    """Queries and gallery with one key for two partners: one names the other by its id, or both name a third.

    Raises:
        BadInputError: Nobody has a partner.
    """
    queries, gallery = (sides[end] for end in ends(direction))
    for key, other in ((queries.pairs, gallery.ids), (queries.ids, gallery.pairs), (queries.pairs, gallery.pairs)):
        if key is not None and other is not None and np.isin(key[key != ""], other).any():
            return [replace(queries, pairs=key), replace(gallery, pairs=other)]
    raise BadInputError(f"in {direction} no item has a partner.", "take data with pairs, or relevance by class.")
