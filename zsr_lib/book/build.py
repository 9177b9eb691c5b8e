"""The whole build, one process at a time: chapters first, then pages."""

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zsr_lib import settings
from zsr_lib.book.annotate import annotate, earned_text
from zsr_lib.book.check import check_chapters, references_folder
from zsr_lib.book.every_number import EVERY_NUMBER, every_number_page
from zsr_lib.book.execute import Executed, execute_chapter, pinned_environment, source_name
from zsr_lib.book.project import Project
from zsr_lib.book.published_page import PUBLISHED, published_page
from zsr_lib.book.rebuild_key import data_fingerprint, keep, pages_key
from zsr_lib.book.site import build_html, stage
from zsr_lib.errors import ZsrError
from zsr_lib.experiments.earned import name_of, read_earned, standing_of
from zsr_lib.files import atomic_path, exclusive, explained, write_text
from zsr_lib.reporting.executed import read_stated
from zsr_lib.reporting.published import published
from zsr_lib.reporting.references import load_references, reference_file
from zsr_lib.reporting.run_record import read_records

if TYPE_CHECKING:
    from zsr_lib.book.query_assets import QueryAssets  # loads torch, which most builds need not

PROFILES = ("quick", "full")
QUERY_CHAPTER = "19_draw_a_query"
"""The chapter whose pad searches in the browser; a book without it needs no assets for that."""


@dataclass(frozen=True)
class Order:
    """What is to be built.

    Attributes:
        profile: ``quick`` (CPU, minutes) or ``full``.
        only: Chapter names or numbers to execute; of the others the last execution is used where there is one.
        force: Execute chapters even if nothing changed.
        jobs: Chapters executed at the same time.
        wait_seconds: How long to wait for another build of the same checkout.
    """

    profile: str = "quick"
    only: Sequence[str] = ()
    force: bool = False
    jobs: int = 1
    wait_seconds: float = 1.0


def build_book(project: Project, order: Order, say: Callable[[str], None] = print) -> Path:
    """Executes the chapters that changed and builds the pages.

    Args:
        project: The checkout.
        order: What is to be built.
        say: Receives one line of progress at a time.

    Returns:
        The folder with ``index.html``.

    Raises:
        ZsrError: A chapter or a page failed, or another build is running.
    """
    lock = exclusive(project.build / ".lock", "building this book", order.wait_seconds)
    with explained(project.build), lock:
        return _pages(project, execute_chapters(project, order, say), say)


def execute_chapters(project: Project, order: Order, say: Callable[[str], None]) -> list[Executed]:
    """Executes chapters, reusing what has not changed.

    Returns:
        All chapters in the book's order.

    Raises:
        ChapterError: One failed; those that were finished stay.
    """
    root = settings.data_root()
    parameters = {"profile": order.profile, "data": "real" if root else "generated"}
    source, data = source_name(parameters), data_fingerprint(root)
    folder = project.build / "executed" / source
    chapters = project.chapters()
    chosen = {project.chapter(name) for name in order.only} or set(chapters)
    known = {
        name: Executed(name, source, folder / f"{name}.ipynb", reused=True, seconds=0.0)
        for name in chapters
        if name not in chosen and (folder / f"{name}.ipynb").is_file()
    }

    def execute(name: str) -> Executed:
        """One chapter, and a copy of it for later."""
        place = f"[{chapters.index(name) + 1}/{len(chapters)}] {name}"
        say(f"{place} ({parameters['data']} data, {order.profile} profile) …")
        force = order.force and name in chosen
        done = execute_chapter(project, name, parameters, data, folder / f"{name}.ipynb", force)
        if not done.reused:
            keep(project, done.path)
        say(f"{place}: " + ("unchanged, reused" if done.reused else f"{done.seconds:.0f} s"))
        return done

    waiting = [name for name in chapters if name not in known]
    with pinned_environment(order.jobs), ThreadPoolExecutor(order.jobs) as pool:
        known |= {done.chapter: done for done in pool.map(execute, waiting)}
    return [known[name] for name in chapters]


def _pages(project: Project, executed: Sequence[Executed], say: Callable[[str], None]) -> Path:
    marker, pages = project.build / "pages.json", project.build / "html"
    query = _query(project, executed)
    key = pages_key(project, [chapter.path for chapter in executed], "" if query is None else query.key)
    if (pages / "index.html").is_file() and marker.is_file() and json.loads(marker.read_text()).get("key") == key:
        say("pages: unchanged")
        return pages
    from zsr_lib.book.stored_pages import write_stored_pages  # loads all systems: nobody else need wait for torch

    say("pages: Jupyter Book …")
    marker.unlink(missing_ok=True)
    staged = stage(project, executed)
    _add_gate(project, executed, staged)
    write_text(staged / "book" / f"{PUBLISHED}.md", published_page(published()))
    write_stored_pages(references_folder(project) / "runs", staged)
    pages = build_html(project, staged, {} if query is None else {query.kept.name: query.ensure()})
    for chapter in executed:  # to download as it was executed; the page was built from a copy without bookkeeping
        with atomic_path(pages / "_sources" / "notebooks" / chapter.path.name) as temporary:
            shutil.copyfile(chapter.path, temporary)
    write_text(marker, json.dumps({"key": key, "source": executed[0].source if executed else ""}))
    return pages


def _query(project: Project, executed: Sequence[Executed]) -> "QueryAssets | None":
    """The assets of the page that searches; None where the book has no such page."""
    if QUERY_CHAPTER not in project.chapters():
        return None
    from zsr_lib.book.query_assets import FOLDER, QueryAssets
    from zsr_lib.search.default_model import DEFAULT_MODEL

    data = executed[0].source.partition("-")[0]
    return QueryAssets(project.build / FOLDER, DEFAULT_MODEL, data, data_fingerprint(settings.data_root()))


def _add_gate(project: Project, executed: Sequence[Executed], staged: Path) -> None:
    rows = check_chapters(project, executed)
    titles, notes, runs = {}, {}, references_folder(project) / "runs"
    stored, earned = {name_of(each): each for each in read_records(runs)}, read_earned(runs)

    def standing(names: Iterable[str]) -> str:
        return standing_of([stored[name] for name in names if name in stored], earned)

    for place, chapter in enumerate(executed, start=1):
        stated = read_stated(chapter.path)
        own = [row for row in rows if row.chapter == chapter.chapter]
        known = load_references(reference_file(references_folder(project), chapter.chapter, chapter.source))
        annotate(staged / "notebooks" / f"{chapter.chapter}.ipynb", own, stated, known, project.chapters(), standing)
        titles[chapter.chapter] = f"{place}. {title_of(project.source(chapter.chapter))}"
        notes[chapter.chapter] = earned_text(stated, known)
    write_text(staged / "book" / f"{EVERY_NUMBER}.md", every_number_page(rows, titles, notes, standing(stored)))


def title_of(source: Path) -> str:
    """The first heading of a text notebook."""
    return next(line[2:].strip() for line in source.read_text(encoding="utf-8").splitlines() if line.startswith("# "))


def executed_before(project: Project, source: str) -> list[Executed]:
    """The chapters' last executions for `source` (such as ``generated-quick``).

    Raises:
        ZsrError: A chapter has not been executed.
    """
    folder = project.build / "executed" / source
    found = [Executed(chapter, source, folder / f"{chapter}.ipynb", True, 0.0) for chapter in project.chapters()]
    missing = [chapter.chapter for chapter in found if not chapter.path.is_file()]
    if missing:
        raise ZsrError(f"not executed yet on {source}: {', '.join(missing)}.", "run 'zsr book build' first.")
    return found
