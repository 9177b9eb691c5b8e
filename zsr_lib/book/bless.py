"""``zsr book bless``: the only way to change a reference. Runs each chapter again before it believes a number."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from zsr_lib import settings
from zsr_lib.book.check import references_folder
from zsr_lib.book.execute import execute_chapter, pinned_environment, source_name
from zsr_lib.book.project import Project
from zsr_lib.book.rebuild_key import data_fingerprint
from zsr_lib.errors import BadInputError
from zsr_lib.reporting.bless import make_references
from zsr_lib.reporting.executed import Stated, read_stated
from zsr_lib.reporting.gate import FEWEST_SEEDS
from zsr_lib.reporting.record import Provenance, commit
from zsr_lib.reporting.references import load_references, reference_file, save_references


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = os.environ.get("ZSR_THREADS")
    os.environ["ZSR_THREADS"] = str(count)
    try:
        yield
    finally:
        os.environ.pop("ZSR_THREADS") if before is None else os.environ.__setitem__("ZSR_THREADS", before)


def bless_chapters(
    project: Project, chapters: Sequence[str], profile: str, reason: str, say: Callable[[str], None] = print
) -> list[Path]:
    """Runs `chapters` afresh, at two thread counts and over seeds where a claim needs them, and writes references.

    Args:
        project: The checkout.
        chapters: Full names.
        profile: ``quick`` or ``full``.
        reason: Kept with the references.
        say: Receives one line of progress at a time.

    Returns:
        The files that were written.

    Raises:
        ZsrError: No reason, a chapter failed, or repeats disagree where they must not.
    """
    if not reason.strip():
        raise BadInputError("references change only for a reason.", "say it: zsr book bless --reason '…'.")
    root = settings.data_root()
    parameters = {"profile": profile, "data": "real" if root else "generated"}
    fingerprint = data_fingerprint(root)
    written, other = [], 1 if settings.threads() > 1 else 2
    for chapter in chapters:
        path = reference_file(references_folder(project), chapter, source_name(parameters))
        say(f"{chapter}: running it again at {settings.threads()} and at {other} threads …")
        with tempfile.TemporaryDirectory(dir=_scratch(project)) as folder:
            runs = _Runs(project, chapter, parameters, fingerprint, Path(folder))
            repeats = [runs.run({}), runs.run({}, threads=other)]
            seeds = []
            if any(claim.tier == "statistical" for claim in repeats[0].claims.values()):
                say(f"{chapter}: {FEWEST_SEEDS} seeds …")
                seeds = [runs.run({"seed": seed}) for seed in range(FEWEST_SEEDS)]
        if commit().endswith("-dirty"):
            say("note: there are uncommitted changes, so the recorded commit does not name this code exactly")
        provenance = Provenance.now(repeats[0].data).as_dict()
        save_references(path, make_references(repeats, seeds, provenance, reason, load_references(path)))
        say(f"{chapter}: {len(repeats[0].claims)} numbers → {path.relative_to(project.root)}")
        written.append(path)
    return written


def _scratch(project: Project) -> Path:
    folder = project.build / "blessing"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class _Runs:
    """Fresh executions of one chapter in a scratch folder."""

    def __init__(self, project: Project, chapter: str, parameters: dict[str, str], data: str, folder: Path) -> None:
        self._fixed = (project, chapter, parameters, data, folder)

    def run(self, extra: dict[str, object], threads: int | None = None) -> Stated:
        project, chapter, parameters, data, folder = self._fixed
        with _threads(threads or settings.threads()), pinned_environment():
            done = execute_chapter(project, chapter, parameters | extra, data, folder / f"{chapter}.ipynb", force=True)
        return read_stated(done.path)
