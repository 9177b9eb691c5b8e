"""What an experiment file says, as frozen dataclasses."""

from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from zsr_lib.configs import added
from zsr_lib.data.registry import OWN, SOURCES, get_source
from zsr_lib.data.splits import get_split, settled, split_names
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.directions import DIRECTIONS, check_ends, is_unimodal
from zsr_lib.evaluation.names import parse
from zsr_lib.evaluation.protocols import Protocol
from zsr_lib.reporting.published import system_named
from zsr_lib.reporting.published.number import Listed

METRICS = ("AP@all/std", "P@100/k", "P@10/k")


@dataclass(frozen=True)
class DataSource:
    """One data set as `load_dataset` takes it.

    Attributes:
        dataset: Its name.
        size: Side of the decoded images in pixels.
        options: Options of that data set.
    """

    dataset: str
    size: int = 64
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DataConfig:
    """What a task is made from.

    Attributes:
        dataset: The data set under test.
        size: Side of its decoded images in pixels.
        options: Options of that data set.
        machine_sketches: Styles in which photos of training classes are drawn; empty: none are.
        drawings_per_photo: Of each style.
        auxiliary: Other data sets that may be learnt from.
        validation_classes: How many seen classes are held out for choosing models, or which; None: a fifth.
        seen_from: The data set that gives the seen classes instead: a system is trained there and tested here.
        reduced: Leave out classes that cannot take part with what is here (the split or the data then says so).
        folder: One's own folders ``<modality>/<class>/<image>``, in place of the data set and its options.
        modalities: Which of the data set's take part; all, if empty.
        without_near: Leave out of `auxiliary` what is near a held-out class but may stay, too.
    """

    dataset: str = "generated"
    size: int = 64
    options: dict[str, Any] = field(default_factory=dict)
    machine_sketches: tuple[str, ...] = ()
    drawings_per_photo: int = 1
    auxiliary: tuple[DataSource, ...] = ()
    validation_classes: int | tuple[str, ...] | None = None
    seen_from: DataSource | None = None
    reduced: bool = False
    folder: str = added("")
    modalities: tuple[str, ...] = added(())
    without_near: bool = added(False)

    @property
    def source(self) -> DataSource:
        """The data set under test."""
        if self.folder:
            return DataSource(f"{OWN}{self.folder}", self.size)
        return DataSource(self.dataset, self.size, self.options)


@dataclass(frozen=True)
class RetrievalConfig:
    """How what was trained is scored; everything here is part of the protocol's name.

    Attributes:
        no_relevant: What becomes of a query without a relevant gallery item.
        setting: Of which classes queries and gallery are.
        relevance: By ``class``, ``tag`` or ``pair``.
        gallery: Which gallery items count; ``all`` leaves out the query itself where it is among them.
        rerank: How many of the items that the codes rank first the system ranks again by its tokens; 0: none.
        ties: What stands first among items at equal distance.
        every_query: Every n-th query only.
        every_gallery: Every n-th gallery item only.
        seed: Of what a setting or a gallery rule draws.
        distance: Between the codes, instead of the system's own; empty for its own.
    """

    no_relevant: str = "error"
    setting: str = added("zero-shot")
    relevance: str = added("class")
    gallery: str = added("all")
    rerank: int = added(0)
    ties: str = added("expected")
    every_query: int = added(1)
    every_gallery: int = added(1)
    seed: int = added(0)
    distance: str = added("")

    def protocol(self, direction: str, distance: str = "euclidean") -> Protocol:
        """The protocol in one direction, for codes that are made to be compared by `distance`.

        Raises:
            UnknownNameError: A value is not in its list.
            BadInputError: The values do not go together.
        """
        itself = self.gallery == "all" and is_unimodal(direction)
        rules = vars(self) | ({"gallery": "without-query"} if itself else {})
        return Protocol(direction, **rules | {"distance": self.distance or distance})


@dataclass(frozen=True)
class Experiment:
    """One experiment: what is run, how often, on what, and what is reported.

    Attributes:
        title: In words.
        method: A registered system.
        splits: Names of splits, or paths of one's own lists; each is a task of its own. Those of `groups` where they
            are not given.
        data: What tasks are made from.
        config: The system's options.
        seeds: Of everything random.
        metrics: Full names.
        directions: What is retrieved by what; modalities as the data set names them.
        retrieval: How queries and gallery are chosen and compared.
        groups: Group name → splits whose mean a table shows, an empty list for the split of that name; by default all
            splits are one group.
        published: Other people's numbers for the same experiment: systems as `zsr_lib.reporting.published` names
            them, or numbers in full.
        profiles: ``quick`` and ``full`` → what they lay over the rest.
        variants: Name → what it lays over the rest; the variants are run instead of the file as it stands. One with
            another method starts from that system's own defaults and inherits nothing of `config` but the features.
        grid: Dotted key → values; all combinations are run.

    Raises:
        BadInputError: A list is empty or has a split of a group that is not run, a metric has no full name, or the
            rules of retrieval do not go together.
        UnknownNameError: No such split, metric, published system, rule, or modality of the data set.
    """

    title: str
    method: str
    splits: tuple[str, ...] = ()
    data: DataConfig = field(default_factory=DataConfig)
    config: dict[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = (0,)
    metrics: tuple[str, ...] = METRICS
    directions: tuple[str, ...] = DIRECTIONS
    retrieval: RetrievalConfig = field(default_factory=RetrievalConfig)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    published: tuple[str | Listed, ...] = ()
    profiles: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    variants: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    grid: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        groups = {name: tuple(map(settled, splits or (name,))) for name, splits in self.groups.items()}
        splits = self.splits or dict.fromkeys(chain.from_iterable(groups.values()))
        object.__setattr__(self, "groups", groups)
        object.__setattr__(self, "splits", tuple(map(settled, splits)))
        for name in ("splits", "seeds", "metrics", "directions"):
            values = getattr(self, name)
            if not values or len(set(values)) < len(values):
                raise BadInputError(f"{name} of an experiment are {list(values)}.", "give at least one, each once.")
        if min(self.seeds) < 0:
            raise BadInputError(f"a seed is {min(self.seeds)}.", "give 0 or more.")
        for split in self.splits:
            get_split(split)
        for each in self.published:
            if isinstance(each, str):
                system_named(each)
        object.__setattr__(self, "metrics", tuple(str(parse(metric)) for metric in self.metrics))
        object.__setattr__(self, "directions", tuple(map(self._direction, self.directions)))
        for group, splits in self.groups.items():
            if group in split_names() and splits != (group,):
                raise BadInputError(
                    f"the group {group} has the name of a split and is the mean of {', '.join(splits)}.",
                    "call it something else: under this name it would be taken for that split.",
                )
            for split in splits:
                if split not in self.splits:
                    raise UnknownNameError(f"split in group {group}", split, self.splits)

    def _direction(self, text: str) -> str:
        name = self.data.source.dataset
        if name in SOURCES or self.data.folder:
            check_ends(text, name, get_source(name).info.modalities)
        return self.retrieval.protocol(text).direction

    @property
    def grouped(self) -> dict[str, tuple[str, ...]]:
        """`groups`, or all splits as one group."""
        name = self.splits[0] if len(self.splits) == 1 else f"mean of {len(self.splits)} splits"
        return self.groups or {name: self.splits}
