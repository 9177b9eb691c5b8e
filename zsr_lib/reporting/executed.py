"""Reads what an executed chapter stated: its claims and the data sets that it used."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from zsr_lib.errors import BadInputError
from zsr_lib.reporting.claims import Claim


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
