"""``reported/``: what the book claims. One YAML file per chapter, data source and profile."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import yaml

from zsr_lib.errors import BadFileError
from zsr_lib.files import write_text
from zsr_lib.reporting.executed import Claim, Value
from zsr_lib.reporting.seals import fits, sealed

HEADER = "# Written and sealed by `zsr book bless`; the gate is red where it was changed by hand.\n"


@dataclass(frozen=True)
class Reference:
    """What a number should be.

    Attributes:
        claim: Its definition and value.
        tolerance: Tiers ``tight`` and ``trained``: largest accepted difference, from repeated runs.
        seeds: Tier ``statistical``: the values of the reference seeds.
    """

    claim: Claim
    tolerance: float = 0.0
    seeds: tuple[float, ...] = ()


@dataclass(frozen=True)
class References:
    """The references of one chapter.

    Attributes:
        claims: By key.
        provenance: Of the runs that gave them (see `zsr_lib.reporting.record.Provenance`).
        history: One ``{date, reason}`` per blessing, newest last.
        elsewhere: Processor → how many numbers moved there (``moved``), which one most (``key``) and how far (``by``).
        untouched: Whether they are as they were written, or new; not where a file was edited or has no seal.
    """

    claims: dict[str, Reference]
    provenance: dict[str, object]
    history: Sequence[dict[str, Value]] = field(default_factory=list)
    elsewhere: Mapping[str, dict[str, Value]] = field(default_factory=dict)
    untouched: bool = True


def reference_file(folder: Path, chapter: str, source: str) -> Path:
    """The file of `chapter` for `source`, such as ``generated-quick``."""
    return folder / source / f"{chapter}.yaml"


def load_references(path: Path) -> References | None:
    """The references in `path`, or None when there is no such file.

    Raises:
        BadFileError: The file is no valid list of references.
    """
    if not path.is_file():
        return None
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        claims = {key: _reference(key, entry) for key, entry in content["claims"].items()}
        rest = {"history": content.get("history", []), "elsewhere": content.get("elsewhere", {})}
        return References(claims, content.get("provenance") or {}, **rest, untouched=fits(content))
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise BadFileError(
            f"{path.name} is no list of references ({type(error).__name__}: {error}).",
            "restore it from version control, or write it anew: zsr book bless --reason '…'.",
        ) from error


def _reference(key: str, entry: dict[str, object]) -> Reference:
    entry = dict(entry)
    tolerance, seeds = entry.pop("tolerance", 0.0), tuple(entry.pop("seeds", ()))
    return Reference(Claim(key=key, **entry), tolerance, seeds)


def save_references(path: Path, references: References) -> None:
    """Writes `references` to `path` with their seal, whole or not at all; keys are sorted, so that diffs are short."""
    content = {
        "history": list(references.history),
        "provenance": dict(references.provenance),
        "elsewhere": dict(references.elsewhere),
        "claims": {key: _entry(reference) for key, reference in sorted(references.claims.items())},
    }
    write_text(path, HEADER + yaml.safe_dump(sealed(content), sort_keys=False, allow_unicode=True, width=110))


def _entry(reference: Reference) -> dict[str, object]:
    entry = {name: value for name, value in asdict(reference.claim).items() if value != "" and name != "key"}
    if reference.claim.tier in ("tight", "trained"):
        entry["tolerance"] = reference.tolerance
    if reference.seeds:
        entry["seeds"] = list(reference.seeds)
    return entry
