"""What an executed chapter stated: its claims and the data sets that it used."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from zsr_lib.errors import BadInputError, UnknownNameError

TIERS = ("exact", "tight", "trained", "statistical", "published")
"""How a number is compared. exact: equal. tight: deterministic at pinned threads, so equal up to a tolerance that
repeated runs gave. trained: comes out of a training on the page; equal up to what it moves by on other processors, or
by one pair of ranks that changes places. statistical: within the spread of at least five reference seeds. published:
somebody else's number, equal to the one that was cited, with its source."""

Value = int | float | str | bool


@dataclass(frozen=True)
class Claim:
    """One number (or checksum) that a page states.

    Attributes:
        key: Lower-case words joined by ``-``; unique within its chapter.
        value: A plain Python value.
        tier: One of `TIERS`.
        unit: What is counted or measured, for example ``photos`` or ``fraction of pixels``.
        better: ``higher``, ``lower`` or '' where neither is better.
        metric: The full definition, for example ``AP@all/std``.
        source: Where a published value is printed; required for that tier.
    """

    key: str
    value: Value
    tier: str
    unit: str = ""
    better: str = ""
    metric: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.key):
            raise BadInputError(f"'{self.key}' is no key.", "use lower-case letters and digits, words joined by '-'.")
        if self.tier not in TIERS:
            raise UnknownNameError("tier", self.tier, TIERS)
        if self.better not in ("", "higher", "lower"):
            raise UnknownNameError("direction", self.better, ("higher", "lower"))
        if self.tier == "published" and not self.source:
            raise BadInputError(
                f"the published number '{self.key}' has no source.",
                "say which table of which paper prints it.",
            )


@dataclass(frozen=True)
class Stated:
    """What one executed chapter stated.

    Attributes:
        chapter: Its name.
        claims: By key.
        data: Name → checksum of the data sets that it used.
        audits: Trained part → the leak audit's verdict on it.
        runs: Key → the stored runs that its number follows from, where it remembers them.
        queries: How many the rankings of its trained systems answer; 0 where nothing is trained.
        record: The build's record of the execution (parameters, seconds, provenance).
    """

    chapter: str
    claims: dict[str, Claim]
    data: dict[str, str]
    record: dict[str, object]
    audits: dict[str, str] = field(default_factory=dict)
    queries: int = 0
    runs: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_stated(notebook: Path) -> Stated:
    """Claims and data of an executed notebook.

    Raises:
        BadInputError: Two claims share a key.
    """
    import nbformat

    content = nbformat.read(notebook, as_version=4)
    notes = [
        output["metadata"]["zsr"]
        for cell in content.cells
        for output in cell.get("outputs", [])
        if "zsr" in output.get("metadata", {})
    ]
    claims = [Claim(**dict(note["claim"])) for note in notes if "claim" in note]
    twice = [key for key, count in Counter(claim.key for claim in claims).items() if count > 1]
    if twice:
        raise BadInputError(
            f"chapter {notebook.stem} states {', '.join(twice)} more than once.",
            "give each number a key of its own.",
        )
    data = {name: checksum for note in notes for name, checksum in note.get("data", {}).items()}
    audits = {part: verdict for note in notes for part, verdict in note.get("audit", {}).items()}
    queries = max((note["queries"] for note in notes if "queries" in note), default=0)
    runs = {note["claim"]["key"]: tuple(note["runs"]) for note in notes if "runs" in note}
    record = dict(content.metadata.get("zsr", {}))
    return Stated(notebook.stem, {claim.key: claim for claim in claims}, data, record, audits, queries, runs)
