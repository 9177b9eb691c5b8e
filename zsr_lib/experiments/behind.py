"""The code behind a run: its checksum moves when something that the run depends on is edited, and not otherwise."""

import hashlib
import sys
from functools import cache
from pathlib import Path

import zsr_lib
from zsr_lib.experiments.earned import BEHIND
from zsr_lib.models.registry import METHODS, method_class
from zsr_lib.reporting.dependencies import PACKAGE, library_files
from zsr_lib.reporting.run_record import RunRecord


@cache
def code_behind(method: str) -> str:
    """SHA-256 of the sources that a run of the system `method` depends on.

    Everything that carries out runs counts, all data sets too, and of systems the one that is named, with its imports.

    Raises:
        UnknownNameError: There is no such system any more.
    """
    library, system = Path(zsr_lib.__file__).parent, method_class(method).__module__
    others = {text.split(":")[0] for text in METHODS.values()}
    digest = hashlib.sha256()
    for file in library_files(f"import {PACKAGE}.experiments.run_cell\nimport {system}", library, others):
        digest.update(str(file.relative_to(library)).encode() + b"\0" + file.read_bytes())
    outside = getattr(sys.modules[system], "__file__", None)
    if outside and not Path(outside).is_relative_to(library):  # a system that somebody registered
        digest.update(Path(outside).read_bytes())
    return digest.hexdigest()


def noted_behind(method: str, origin: RunRecord | None) -> dict[str, str]:
    """What a record notes: `code_behind`, but nothing where other code than today's has trained the system.

    Args:
        method: The system's name.
        origin: The run that trained it, if another.
    """
    behind = code_behind(method)
    by_today = origin is None or origin.provenance.code.get(BEHIND) == behind
    return {BEHIND: behind} if by_today else {}
