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

OTHER_KERNELS = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_CBWR": "COMPATIBLE",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "OPENBLAS_CORETYPE": "Haswell",
}
"""Makes torch, MKL, oneDNN and NumPy's OpenBLAS compute as on an older or another maker's processor."""


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def bless_chapters(
    project: Project, chapters: Sequence[str], profile: str, reason: str, say: Callable[[str], None] = print
) -> list[Path]:
    """Runs `chapters` afresh, as they are and as on another machine, and writes references.

    The other machine has another number of threads, `OTHER_KERNELS` and an empty cache: remembered features would hide
    that it computes them a little differently, too.

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
    written, other = [], "1" if settings.threads() > 1 else "2"
    with tempfile.TemporaryDirectory(dir=_scratch(project)) as folder:
        elsewhere = {"ZSR_THREADS": other, "ZSR_CACHE": f"{folder}/cache", **OTHER_KERNELS}
        for chapter in chapters:
            path = reference_file(references_folder(project), chapter, source_name(parameters))
            say(f"{chapter}: running it again, here and as on another machine …")
            runs = _Runs(project, chapter, parameters, fingerprint, Path(folder))
            repeats = [runs.run({}), runs.run({}, **elsewhere)]
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

    def run(self, extra: dict[str, object], **environment: str) -> Stated:
        project, chapter, parameters, data, folder = self._fixed
        with _environment(**environment), pinned_environment():
            done = execute_chapter(project, chapter, parameters | extra, data, folder / f"{chapter}.ipynb", force=True)
        return read_stated(done.path)
