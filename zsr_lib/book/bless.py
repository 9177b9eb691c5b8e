"""``zsr book bless``: the only way to change a reference. Runs each chapter again before it believes a number."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from zsr_lib import settings
from zsr_lib.book.check import references_folder
from zsr_lib.book.execute import execute_chapter, pinned_environment, source_name
from zsr_lib.book.processors import OLDEST, as_on, processors
from zsr_lib.book.project import Project
from zsr_lib.book.rebuild_key import data_fingerprint
from zsr_lib.errors import BadInputError
from zsr_lib.files import write_text
from zsr_lib.reporting.bless import make_references, moves
from zsr_lib.reporting.executed import Stated, read_stated
from zsr_lib.reporting.gate import FEWEST_SEEDS
from zsr_lib.reporting.record import Provenance, commit
from zsr_lib.reporting.references import load_references, reference_file, save_references

FILE = "codecheck.yml"
"""What somebody else has to make again to check this book, in CODECHECK's format; the person who checks adds the rest
(name, time, certificate)."""
VERSION = "https://codecheck.org.uk/spec/config/1.0/"


def bless_chapters(
    project: Project,
    chapters: Sequence[str],
    profile: str,
    reason: str,
    say: Callable[[str], None] = print,
    seeds: int = 0,
    on: Sequence[str] = (),
) -> list[Path]:
    """Runs `chapters` afresh, as they are and as on other processors, and writes references.

    A chapter that trains runs as on every processor that this machine can stand in for, any other as on the oldest;
    each has a cache of its own, empty at first: features remembered from here would hide that it computes them a little
    differently.

    Args:
        project: The checkout.
        chapters: Full names.
        profile: ``quick`` or ``full``.
        reason: Kept with the references.
        say: Receives one line of progress at a time.
        seeds: Of chapters that train; 0 compares their spread over processors with a fixed bound instead.
        on: Processors to run as on; by default as said above.

    Returns:
        The files that were written.

    Raises:
        ZsrError: No reason, a chapter failed, or repeats disagree where they must not.
    """
    if not reason.strip():
        raise BadInputError("references change only for a reason.", "say it: zsr book bless --reason '…'.")
    root = settings.data_root()
    parameters = {"profile": profile, "data": "real" if root else "generated"}
    written = []
    # One folder for all chapters: what one of them computed as on a processor, the next one finds.
    with tempfile.TemporaryDirectory(dir=project.scratch("blessing")) as folder:
        for chapter in chapters:
            runs = _Runs(project, chapter, parameters, data_fingerprint(root), Path(folder), say)
            written.append(_bless(runs, reason, seeds, on))
    write_codecheck(project)
    return written


def _bless(runs: "_Runs", reason: str, seeds: int, on: Sequence[str]) -> Path:
    """Writes one chapter's references."""
    path = reference_file(references_folder(runs.project), runs.chapter, source_name(runs.parameters))
    here = runs.run("here")
    tiers = {claim.tier for claim in here.claims.values()}
    names = on or (processors() if "trained" in tiers else (OLDEST,))
    elsewhere = {name: runs.run_as_on(name) for name in names}
    count = FEWEST_SEEDS if "statistical" in tiers else seeds if "trained" in tiers else 0
    over = [runs.run(f"seed {seed}", seed=seed) for seed in range(count)]
    if commit().endswith("-dirty"):
        runs.say("note: there are uncommitted changes, so the recorded commit does not name this code exactly")
    provenance = Provenance.now(here.data).as_dict()
    repeats, moved = [here, *elsewhere.values()], moves(here, elsewhere)
    save_references(path, make_references(repeats, over, provenance, reason, load_references(path), moved))
    runs.say(f"{runs.chapter}: {len(here.claims)} numbers → {path.relative_to(runs.project.root)}")
    return path


@dataclass(frozen=True)
class _Runs:
    """Fresh executions of one chapter in a scratch folder."""

    project: Project
    chapter: str
    parameters: dict[str, str]
    data: str
    folder: Path
    say: Callable[[str], None]

    def run(self, what: str, **extra: object) -> Stated:
        self.say(f"{self.chapter}: {what} …")
        output = self.folder / f"{self.chapter}.ipynb"
        with pinned_environment():
            done = execute_chapter(self.project, self.chapter, self.parameters | extra, self.data, output, force=True)
        return read_stated(done.path)

    def run_as_on(self, name: str) -> Stated:
        with as_on(name, self.folder / name):
            return self.run(f"as on {name}")


def codecheck(project: Project) -> str:
    """The manifest's text: every file of references, every experiment with stored runs, and how to make them again."""
    about = yaml.safe_load((project.root / "CITATION.cff").read_text(encoding="utf-8"))
    content = {
        "version": VERSION,
        "paper": {"title": about["title"], "authors": [{"name": each["name"]} for each in about["authors"]]},
        "manifest": [*_references(project), *_runs(project)],
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    return f"---\n# Written by zsr book bless.\n{text}"


def write_codecheck(project: Project) -> None:
    """Writes `codecheck` to the root of the checkout."""
    write_text(project.root / FILE, codecheck(project))


def _references(project: Project) -> Iterator[dict[str, str]]:
    for path in sorted((project.root / "reported").glob("*-*/*.yaml")):
        data, _, profile = path.parent.name.partition("-")
        how = f"zsr book build --only {path.stem} --profile {profile}"
        how += "" if data == "generated" else ", with ZSR_DATA"
        yield {
            "file": path.relative_to(project.root).as_posix(),
            "comment": f"every number of chapter {path.stem} on {data} data; {how}, then zsr book check",
        }


def _runs(project: Project) -> Iterator[dict[str, str]]:
    for path in sorted((project.root / "reported" / "runs").glob("*")):
        if any(path.glob("*/record.json")):
            comment = f"records of the runs of experiment {path.name}; zsr verify {path.name}"
            yield {"file": path.relative_to(project.root).as_posix(), "comment": comment}
