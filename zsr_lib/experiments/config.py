"""What an experiment file says, as frozen dataclasses."""

from dataclasses import dataclass, field
from typing import Any

from zsr_lib.configs import added
from zsr_lib.data.registry import OWN
from zsr_lib.data.splits import get_split, settled
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.names import parse
from zsr_lib.evaluation.protocols import NO_RELEVANT
from zsr_lib.reporting.published import system_named
from zsr_lib.reporting.run_record import Published

DIRECTIONS = ("sketch→photo", "photo→sketch", "sketch→sketch", "photo→photo")
METRICS = ("AP@all/std", "P@100/k", "P@10/k")


def direction_named(text: str) -> str:
    """The direction that `text` names, with an arrow or with ``->``.

    Raises:
        UnknownNameError: No such direction.
    """
    name = text.replace("->", "→")
    if name not in DIRECTIONS:
        raise UnknownNameError("direction", text, DIRECTIONS)
    return name


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
        reduced: Leave out unseen classes that have no photos or no sketches here (the split's name then says so).
        folder: One's own folders ``<modality>/<class>/<image>``, in place of the data set and its options.
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

    @property
    def source(self) -> DataSource:
        """The data set under test."""
        if self.folder:
            return DataSource(f"{OWN}{self.folder}", self.size)
        return DataSource(self.dataset, self.size, self.options)


@dataclass(frozen=True)
class Experiment:
    """One experiment: what is run, how often, on what, and what is reported.

    Attributes:
        title: In words.
        method: A registered system.
        splits: Names of splits, or paths of one's own lists; each is a task of its own.
        data: What tasks are made from.
        config: The system's options.
        seeds: Of everything random.
        metrics: Full names.
        directions: What is retrieved by what; modalities as `ItemSet` has them.
        no_relevant: What becomes of a query without a relevant gallery item, as in `Protocol`.
        groups: Group name → splits whose mean a table shows; by default all splits are one group.
        published: Other people's numbers for the same experiment: systems as `zsr_lib.reporting.published` names
            them, or numbers in full.
        profiles: ``quick`` and ``full`` → what they lay over the rest.
        variants: Name → what it lays over the rest; the variants are run instead of the file as it stands.
        grid: Dotted key → values; all combinations are run.

    Raises:
        BadInputError: A list is empty or has a split of a group that is not run, or a metric has no full name.
        UnknownNameError: No such split, metric, direction or published system.
    """

    title: str
    method: str
    splits: tuple[str, ...]
    data: DataConfig = field(default_factory=DataConfig)
    config: dict[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = (0,)
    metrics: tuple[str, ...] = METRICS
    directions: tuple[str, ...] = DIRECTIONS
    no_relevant: str = "error"
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    published: tuple[str | Published, ...] = ()
    profiles: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    variants: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    grid: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        groups = {group: tuple(map(settled, splits)) for group, splits in self.groups.items()}
        object.__setattr__(self, "groups", groups)
        object.__setattr__(self, "splits", tuple(map(settled, self.splits)))
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
        if self.no_relevant not in NO_RELEVANT:
            raise UnknownNameError("no_relevant", self.no_relevant, NO_RELEVANT)
        object.__setattr__(self, "metrics", tuple(str(parse(metric)) for metric in self.metrics))
        object.__setattr__(self, "directions", tuple(map(direction_named, self.directions)))
        for group, splits in self.groups.items():
            for split in splits:
                if split not in self.splits:
                    raise UnknownNameError(f"split in group {group}", split, self.splits)

    @property
    def grouped(self) -> dict[str, tuple[str, ...]]:
        """`groups`, or all splits as one group."""
        name = self.splits[0] if len(self.splits) == 1 else f"mean of {len(self.splits)} splits"
        return self.groups or {name: self.splits}
