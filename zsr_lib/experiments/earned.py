"""What stored runs are worth today: a note, beside them, of each that was made again and agreed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from zsr_lib.configs import added, build
from zsr_lib.errors import BadFileError, ZsrError
from zsr_lib.files import exclusive, write_text
from zsr_lib.reporting.run_record import RunRecord
from zsr_lib.reporting.seals import SEAL, fits, sealed

NOTE = ".earned.json"
"""How the note's name ends. It is beside the folder: what changes inside makes chapters be executed again."""
BEHIND = "behind"
"""Where a record's provenance has the checksum of the code behind it."""


@dataclass(frozen=True)
class Earned:
    """A stored run that was made again and agreed.

    Attributes:
        date: UTC day of the last time.
        processor: What it ran on then.
        behind: Checksum of the code behind it then (`zsr_lib.experiments.behind.code_behind`).
        apart: The largest difference of a metric.
        record: Seal of the record that it was compared with; of another one in the same folder it says nothing.
    """

    date: str
    processor: str
    behind: str
    apart: float
    record: str = added("")


def name_of(record: RunRecord) -> str:
    """A stored run's name in the note: ``experiment/folder``."""
    assert record.folder is not None
    return f"{record.experiment}/{record.folder.name}"


def note_of(runs: Path) -> Path:
    """The note beside a folder of runs: ``reported/runs.earned.json``."""
    return runs.resolve().with_name(f"{runs.resolve().name}{NOTE}")


def read_earned(runs: Path) -> dict[str, Earned]:
    """Run → when it was last re-earned; nothing where no run was.

    Raises:
        BadFileError: The note is damaged or was edited.
    """
    path = note_of(runs)
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not fits(found):
            raise BadFileError("its seal does not fit.", "")
        return {name: build(Earned, each, "note") for name, each in found.items() if name != SEAL}
    except (OSError, ValueError, AttributeError, ZsrError) as error:
        raise BadFileError(
            f"{path} is not what zsr verify wrote ({error}).", "restore it, or delete it and run zsr verify."
        ) from error


def note_earned(runs: Path, made_again: Mapping[str, Earned]) -> None:
    """Adds runs to the note.

    Raises:
        BadFileError: The note is damaged or was edited.
        ZsrError: The disk is full, or the folder cannot be written.
    """
    path = note_of(runs)
    with exclusive(path.with_name(f".{path.name}.lock"), f"noting in {path}"):
        every = read_earned(runs) | dict(made_again)
        plain = {name: asdict(each) for name, each in sorted(every.items())}
        write_text(path, json.dumps(sealed(plain), indent=1, ensure_ascii=False) + "\n")


def standing(record: RunRecord, earned: Mapping[str, Earned], behind: str = "") -> str:
    """In words: made by today's code, re-earned on a day, or only stored.

    Args:
        record: A stored run.
        earned: As `read_earned` gives it.
        behind: Checksum of today's code behind the run; without it nothing is said of today's code.
    """
    day = record.provenance.date or record.finished[:10]
    if behind and record.provenance.code.get(BEHIND) == behind:
        return f"made by today's code on {day}"
    again = _earned(record, earned)
    if again is None:
        return f"stored since {day}"
    return f"re-earned on {again.date}" + (" by today's code" if behind and again.behind == behind else "")


def standing_of(records: list[RunRecord], earned: Mapping[str, Earned]) -> str:
    """One line for a table: how many of its runs were re-earned, and since when the others are stored."""
    found = [(record, _earned(record, earned)) for record in records]
    days = sorted(again.date for _, again in found if again)
    others = sorted(record.provenance.date for record, again in found if not again)
    parts = [f"{len(days)} of {len(records)} runs re-earned, {_span(days)}"] if days else []
    parts += [f"{len(others)} stored, made {_span(others)}"] if others else []
    return "; ".join(parts)


def _earned(record: RunRecord, earned: Mapping[str, Earned]) -> Earned | None:
    """The note on this very record."""
    again = earned.get(name_of(record))
    return again if again and again.record == record.seal else None


def _span(days: list[str]) -> str:
    return f"on {days[0]}" if days[0] == days[-1] else f"from {days[0]} to {days[-1]}"
