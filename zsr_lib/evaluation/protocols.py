"""Protocols: everything but the metric that a retrieval number depends on, in one printable name."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.codes import DISTANCES
from zsr_lib.evaluation.directions import AS_GIVEN, ends, is_unimodal
from zsr_lib.evaluation.ranking import TIE_RULES
from zsr_lib.evaluation.sides import Side

SETTINGS = {
    "zero-shot": "queries and gallery of unseen classes",
    "seen-class": "queries and gallery of seen classes; the items themselves must be held out",
    "generalised-both-20": "both sides enlarged by random seen-class items, 20 % of their unseen count (SEM-PCYC)",
    "generalised-gallery-20": "the same, but only the gallery is enlarged",
    "generalised-gallery-all": "queries of unseen classes, gallery of all classes (Doodle2Search)",
    "as given": "queries and gallery exactly as handed over",
}
GALLERIES = {
    "all": "every gallery item",
    "without-query": "every gallery item but the query itself, found by its id",
    "first-10-query": "the first 10 items of each class are the queries, the rest is the gallery (SAKE, photo→photo)",
    "one-per-query": "one random gallery item of each query's class, repeats possible (Sketch_LVM's validation)",
    "within-class": "the gallery items of the query's own class (fine-grained retrieval)",
}
RELEVANCE = {"class": "the same class", "tag": "any shared tag", "pair": "the query's own partner item"}
NO_RELEVANT = {"error": "refuse", "zero": "score 0", "skip": "leave the query out", "nan": "score NaN"}
_QUERY_COUNT = 10


@dataclass(frozen=True)
class Protocol:
    """How queries and gallery are chosen and compared.

    Attributes:
        direction: What is retrieved by what, two modalities as in `DIRECTIONS`; or ``as given``.
        setting: One of `SETTINGS`.
        gallery: One of `GALLERIES`.
        relevance: One of `RELEVANCE`.
        distance: One of `codes.DISTANCES`.
        ties: One of `ranking.TIE_RULES`.
        no_relevant: What happens to a query without a relevant gallery item, one of `NO_RELEVANT`.
        every_query: Use every n-th query only (ZSE-SBIR's training logs: 20); 1 means all.
        every_gallery: Use every n-th gallery item only (ZSE-SBIR's training logs: 10); 1 means all.
        seed: What the random choices of a setting or gallery rule are drawn with.
        rerank: How many items that the codes rank first are ranked again by a score of pairs (K); the others keep the
            codes' order behind them.

    Raises:
        UnknownNameError: A value is not in its list.
        BadInputError: The direction is not two modalities; query and gallery are of one modality, but nothing keeps a
            query from finding itself; or a number is too small.
    """

    direction: str = "as given"
    setting: str = "as given"
    gallery: str = "all"
    relevance: str = "class"
    distance: str = "euclidean"
    ties: str = "expected"
    no_relevant: str = "error"
    every_query: int = 1
    every_gallery: int = 1
    seed: int = 0
    rerank: int = 0

    def __post_init__(self) -> None:
        if self.direction != AS_GIVEN:
            object.__setattr__(self, "direction", "→".join(ends(self.direction)))
        allowed = {
            "setting": SETTINGS,
            "gallery": GALLERIES,
            "relevance": RELEVANCE,
            "distance": DISTANCES,
            "ties": TIE_RULES,
            "no_relevant": NO_RELEVANT,
        }
        for field, names in allowed.items():
            if getattr(self, field) not in names:
                raise UnknownNameError(field.replace("_", "-"), getattr(self, field), names)
        if min(self.every_query, self.every_gallery) < 1:
            raise BadInputError("a subsample keeps every n-th item with n of 1 or more.", "use 1 to keep all.")
        if self.rerank < 0:
            raise BadInputError(f"{self.rerank} items are to be ranked again.", "use 0 to leave it to the codes.")
        if is_unimodal(self.direction) and self.gallery in ("all", "within-class"):
            raise BadInputError(
                f"in {self.direction} a query would find itself first.",
                "use the gallery rule 'without-query' (or 'first-10-query').",
            )

    @property
    def name(self) -> str:
        """The full name, for example to print beside a number."""
        chosen = [part for part in (self.direction, self.setting) if part != "as given"]
        parts = [
            *(chosen or ["queries and gallery as given"]),
            f"gallery {self.gallery}",
            f"relevant by {self.relevance}",
            self.distance,
            f"ties {self.ties}",
            f"no-relevant {self.no_relevant}",
        ]
        if self.every_query > 1 or self.every_gallery > 1:
            parts.append(f"subsample 1/{self.every_query} of queries, 1/{self.every_gallery} of gallery")
        if self.is_random:
            parts.append(f"seed {self.seed}")
        return "; ".join(filter(None, [*parts, second_stage(self.rerank)]))

    @property
    def is_random(self) -> bool:
        """Whether queries or gallery depend on `seed`."""
        return self.setting.endswith("-20") or self.gallery == "one-per-query"


def second_stage(depth: int) -> str:
    """The part of a protocol's name that tells how many are ranked again; '' for none."""
    return f"first {depth} re-ranked" if depth else ""


def select(protocol: Protocol, queries: Side, gallery: Side, seen: Iterable, unseen: Iterable) -> tuple[Side, Side]:
    """The queries and the gallery that a protocol asks for.

    Args:
        protocol: The protocol; its settings other than `as given` need one label an item.
        queries: All items of the query modality.
        gallery: All items of the gallery modality (the same object in uni-modal directions).
        seen: Labels of the seen classes, as they stand in `Side.labels`.
        unseen: Labels of the unseen classes.

    Raises:
        BadInputError: Seen and unseen classes overlap, or nothing or too little is left to choose from.
    """
    seen, unseen = list(seen), list(unseen)
    if both := set(seen) & set(unseen):
        raise BadInputError(f"seen and unseen overlap: {sorted(map(str, both))}.", "make the two lists disjoint.")
    query_rows = _rows(protocol, queries.labels, seen, unseen, is_query=True)
    gallery_rows = _rows(protocol, gallery.labels, seen, unseen, is_query=False)
    if protocol.gallery == "first-10-query":
        query_rows = _first_of_each_class(queries.labels, query_rows)
        gallery_rows = np.setdiff1d(gallery_rows, _first_of_each_class(gallery.labels, gallery_rows))
    query_rows, gallery_rows = query_rows[:: protocol.every_query], gallery_rows[:: protocol.every_gallery]
    if not len(query_rows) or not len(gallery_rows):
        raise BadInputError(
            f"the protocol '{protocol.name}' leaves no queries or no gallery.",
            "check the class lists against the items' labels.",
        )
    if protocol.gallery == "one-per-query":
        gallery_rows = _one_each(queries.labels[query_rows], gallery.labels, gallery_rows, protocol.seed)
    return _at(queries, query_rows), _at(gallery, gallery_rows)


def _at(side: Side, rows: np.ndarray) -> Side:
    """The items at `rows`; not copied where they are all there are."""
    return side if np.array_equal(rows, np.arange(len(side))) else side.take(rows)


def _rows(protocol: Protocol, labels: np.ndarray, seen: list, unseen: list, is_query: bool) -> np.ndarray:
    """Ascending rows of one side before gallery rules and subsampling."""
    if protocol.setting == "as given":
        return np.arange(len(labels))
    if protocol.setting == "seen-class":
        return np.flatnonzero(np.isin(labels, seen))
    rows, others = np.flatnonzero(np.isin(labels, unseen)), np.flatnonzero(np.isin(labels, seen))
    if protocol.setting == "generalised-gallery-all" and not is_query:
        return np.union1d(rows, others)
    if protocol.setting == "generalised-both-20" or (protocol.setting == "generalised-gallery-20" and not is_query):
        wanted = len(rows) // 5
        if wanted > len(others):
            raise BadInputError(
                f"'{protocol.setting}' needs {wanted} seen-class items, but there are {len(others)}.",
                "add seen-class items, or use another setting.",
            )
        # One generator a side: in uni-modal directions both sides draw the same items.
        return np.union1d(rows, np.random.default_rng(protocol.seed).choice(others, wanted, replace=False))
    return rows


def _first_of_each_class(labels: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The first ten rows of each class."""
    return np.sort(np.concatenate([rows[labels[rows] == label][:_QUERY_COUNT] for label in np.unique(labels[rows])]))


def _one_each(query_labels: np.ndarray, labels: np.ndarray, rows: np.ndarray, seed: int) -> np.ndarray:
    """For each query one random gallery row of its class."""
    generator = np.random.default_rng(seed)
    missing = np.setdiff1d(query_labels, labels[rows])
    if len(missing):
        raise BadInputError(
            f"the gallery has no item of class {missing[0]}, which 'one-per-query' draws from.",
            "leave these queries out, or use another gallery rule.",
        )
    return np.array([generator.choice(rows[labels[rows] == label]) for label in query_labels])
