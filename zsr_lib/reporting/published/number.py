"""A value as somebody printed it, and the footnotes that belong to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from zsr_lib.data.splits import get_split, split_names
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.directions import ends
from zsr_lib.evaluation.names import parse

NOT_STATED = "not stated"
PROTOCOLS = ("zero-shot", "generalised", "fine-grained", "seen-class")
MODALITIES = ("photo", "sketch", "pan", "ms", "speech")
WHOLE = {"fraction": 1.0, "per cent": 100.0}
"""Unit → what a perfect score is printed as."""


@dataclass(frozen=True)
class Footnote:
    """What a reader must know about some numbers.

    Attributes:
        name: By which numbers refer to it.
        place: Its number in print, from 1.
        text: The caveat.
        evidence: How it is known.
    """

    name: str
    place: int
    text: str
    evidence: str


@dataclass(frozen=True)
class Number:
    """One printed value.

    Attributes:
        system: Its name.
        year: When the system was published; None if the sources at hand do not say.
        dataset: As in `zsr_lib.data.registry`, or one that is not here (``quickdraw``, ``dsrsid``, …).
        split: A frozen split, or a pattern such as ``sketchy-25-*`` where the list of classes is not stated; of the
            protocol ``seen-class``, which holds out items, `NOT_STATED`.
        protocol: One of `PROTOCOLS`.
        direction: What is retrieved by what.
        metric: As printed, for example ``mAP@200``.
        definition: The metric's full name, or `NOT_STATED`.
        printed: The value, digit by digit.
        unit: ``fraction`` or ``per cent``.
        code_size: Numbers or bits of a code; None if not stated.
        binary: Whether codes are bits.
        source: Where it is printed, in short.
        caveats: Names of footnotes.

    Raises:
        UnknownNameError: No such modality, protocol, unit, split or definition.
        BadInputError: It is no direction, the split is of another data set, the value is no number or no score in its
            unit.
    """

    system: str
    year: int | None
    dataset: str
    split: str
    protocol: str
    direction: str
    metric: str
    definition: str
    printed: str
    unit: str
    code_size: int | None
    binary: bool
    source: str
    caveats: tuple[str, ...]

    def __post_init__(self) -> None:
        for end in ends(self.direction):
            if end not in MODALITIES:
                raise UnknownNameError("modality of a published number", end, MODALITIES)
        for kind, known in (("protocol", PROTOCOLS), ("unit", WHOLE)):
            if getattr(self, kind) not in known:
                raise UnknownNameError(f"{kind} of a published number", getattr(self, kind), known)
        if (self.protocol, self.split) != ("seen-class", NOT_STATED):
            _check_split(self.split, self.dataset)
        if self.definition != NOT_STATED:
            parse(self.definition)
        try:
            inside = 0.0 <= self.fraction <= 1.0
        except ValueError:
            inside = False
        if not inside:
            raise BadInputError(
                f"{self.system}, {self.metric} on {self.dataset} ({self.source}): '{self.printed}' is no score.",
                f"give a number from 0 to {WHOLE[self.unit]:g}, or – for none.",
            )

    @property
    def fraction(self) -> float:
        """The value with 1 for a perfect score, whatever unit it is printed in."""
        return float(self.printed) / WHOLE[self.unit]

    @property
    def value(self) -> str:
        """The value as printed, with its unit."""
        return f"{self.printed} %" if self.unit == "per cent" else self.printed

    @property
    def split_text(self) -> str:
        """The split for readers: its name, or what is known of it."""
        return f"{self.split.rstrip('-*')}, list {NOT_STATED}" if self.split.endswith("*") else self.split

    def is_on(self, splits: Iterable[str]) -> bool:
        """Whether its split is one of `splits` (a reduced one counts), or may be one of them."""
        return any(fnmatchcase(name.removesuffix("/reduced"), self.split) for name in splits)


def _check_split(split: str, dataset: str) -> None:
    if not split.endswith("*"):
        if get_split(split).dataset != dataset:
            raise BadInputError(f"{split} is no split of {dataset}.", "name the split's own data set.")
    elif not any(fnmatchcase(name, split) for name in split_names(dataset)):
        raise UnknownNameError(f"kind of split of {dataset}", split, split_names(dataset))


@dataclass(frozen=True)
class Listed:
    """A number that somebody else printed and that an experiment itself lists, to stand beside ours.

    Numbers of the literature are in the tables here; this is for one's own sources.

    Attributes:
        value: As printed.
        metric: As printed, for example ``mAP``.
        source: Where it stands.
        caveat: Why it may not be comparable.
        direction: What is retrieved by what.
        group: The group of splits it belongs to; empty if it belongs to none of ours.
    """

    value: float
    metric: str
    source: str
    caveat: str = ""
    direction: str = "sketch→photo"
    group: str = ""
