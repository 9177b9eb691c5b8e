"""The whole build, one process at a time: chapters first, then pages."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from zsr_lib import settings
from zsr_lib.book.annotate import EVERY_NUMBER, annotate, every_number_page
from zsr_lib.book.check import check_chapters
from zsr_lib.book.execute import Executed, execute_chapter, source_name
from zsr_lib.book.project import Project
from zsr_lib.book.rebuild_key import data_fingerprint
from zsr_lib.book.site import build_html, stage
from zsr_lib.errors import ZsrError
from zsr_lib.files import exclusive, explained, write_text
from zsr_lib.reporting.executed import read_stated

PROFILES = ("quick", "full")


def build_book(
    project: Project,
    profile: str = "quick",
    only: Sequence[str] = (),
    force: bool = False,
    say: Callable[[str], None] = print,
    wait_seconds: float = 1.0,
) -> Path:
    """Executes the chapters that changed and builds the pages.

    Args:
        project: The checkout.
        profile: ``quick`` (CPU, minutes) or ``full``.
        only: Chapter names or numbers to execute; pages are then built only if the others have been executed before.
        force: Execute chapters even if nothing changed.
        say: Receives one line of progress at a time.
        wait_seconds: How long to wait for another build of the same checkout.

    Returns:
        The folder with ``index.html``.

    Raises:
        ZsrError: A chapter or a page failed, or another build is running.
    """
    chosen = [project.chapter(name) for name in only] or project.chapters()
    with explained(project.build), exclusive(project.build / ".lock", "building this book", wait_seconds):
        executed = execute_chapters(project, profile, chosen, force, say)
        return _pages(project, executed, say)


def execute_chapters(
    project: Project, profile: str, chosen: Sequence[str], force: bool, say: Callable[[str], None]
) -> list[Executed]:
    """Executes `chosen` chapters, reusing what has not changed; the others' last executions are added to the list."""
    root = settings.data_root()
    parameters = {"profile": profile, "data": "real" if root else "generated"}
    fingerprint = data_fingerprint(root)
    source = source_name(parameters)
    folder = project.build / "executed" / source
    executed = []
    for number, chapter in enumerate(chapters := project.chapters(), start=1):
        target = folder / f"{chapter}.ipynb"
        if chapter not in chosen and target.is_file():
            executed.append(Executed(chapter, source, target, reused=True, seconds=0.0))
            continue
        say(f"[{number}/{len(chapters)}] {chapter} ({parameters['data']} data, {profile} profile) …")
        executed.append(execute_chapter(project, chapter, parameters, fingerprint, target, force and chapter in chosen))
        done = executed[-1]
        say(
            f"[{number}/{len(chapters)}] {chapter}: "
            + ("unchanged, reused" if done.reused else f"{done.seconds:.0f} s")
        )
    return executed


def _pages(project: Project, executed: Sequence[Executed], say: Callable[[str], None]) -> Path:
    marker, pages = project.build / "pages.json", project.build / "html"
    key = _pages_key(project, executed)
    if (pages / "index.html").is_file() and marker.is_file() and json.loads(marker.read_text()).get("key") == key:
        say("pages: unchanged")
        return pages
    say("pages: Jupyter Book …")
    marker.unlink(missing_ok=True)
    staged = stage(project, executed)
    _add_gate(project, executed, staged)
    pages = build_html(project, staged)
    write_text(marker, json.dumps({"key": key, "source": executed[0].source if executed else ""}))
    return pages


def _add_gate(project: Project, executed: Sequence[Executed], staged: Path) -> None:
    rows = check_chapters(project, executed)
    titles = {}
    for chapter in executed:
        stated = read_stated(chapter.path)
        own = [row for row in rows if row.chapter == chapter.chapter]
        annotate(staged / "notebooks" / f"{chapter.chapter}.ipynb", own, stated.record, stated.data)
        titles[chapter.chapter] = title_of(project.source(chapter.chapter))
    write_text(staged / "book" / f"{EVERY_NUMBER}.md", every_number_page(rows, titles))


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


def _pages_key(project: Project, executed: Sequence[Executed]) -> str:
    pages = [
        file
        for folder in ("book", "reported")
        for file in sorted((project.root / folder).rglob("*"))
        if file.is_file() and "node_modules" not in file.parts
    ]
    rooms = [file for room in ("book", "reporting") for file in sorted((project.root / "zsr_lib" / room).glob("*.py"))]
    files = [project.root / name for name in ("_config.yml", "_toc.yml", "constraints.txt")]
    digest = hashlib.sha256()
    for file in [*files, *pages, *rooms, *(chapter.path for chapter in executed)]:
        digest.update(str(file.relative_to(project.root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
