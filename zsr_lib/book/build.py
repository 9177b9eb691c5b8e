"""The whole build, one process at a time: chapters first, then pages."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from zsr_lib import settings
from zsr_lib.book.execute import Executed, execute_chapter
from zsr_lib.book.project import Project
from zsr_lib.book.rebuild_key import data_fingerprint
from zsr_lib.book.site import build_html, stage
from zsr_lib.files import explained, exclusive, write_text

PROFILES = ("quick", "full")


def build_book(project: Project, profile: str = "quick", only: Sequence[str] = (), force: bool = False,
               say: Callable[[str], None] = print, wait_seconds: float = 1.0) -> Path:
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


def execute_chapters(project: Project, profile: str, chosen: Sequence[str], force: bool,
                     say: Callable[[str], None]) -> list[Executed]:
    """Executes `chosen` chapters, reusing what has not changed; the others' last executions are added to the list."""
    root = settings.data_root()
    parameters = {"profile": profile, "data": "real" if root else "generated"}
    fingerprint = data_fingerprint(root)
    folder = project.build / "executed" / f"{parameters['data']}-{profile}"
    executed = []
    for number, chapter in enumerate(chapters := project.chapters(), start=1):
        target = folder / f"{chapter}.ipynb"
        if chapter not in chosen and target.is_file():
            executed.append(Executed(chapter, target, reused=True, seconds=0.0))
            continue
        say(f"[{number}/{len(chapters)}] {chapter} ({parameters['data']} data, {profile} profile) …")
        executed.append(execute_chapter(project, chapter, parameters, fingerprint, target, force and chapter in chosen))
        done = executed[-1]
        say(f"[{number}/{len(chapters)}] {chapter}: " + ("unchanged, reused" if done.reused else f"{done.seconds:.0f} s"))
    return executed


def _pages(project: Project, executed: Sequence[Executed], say: Callable[[str], None]) -> Path:
    marker, pages = project.build / "pages.json", project.build / "html"
    key = _pages_key(project, executed)
    if (pages / "index.html").is_file() and marker.is_file() and json.loads(marker.read_text()).get("key") == key:
        say("pages: unchanged")
        return pages
    say("pages: Jupyter Book …")
    marker.unlink(missing_ok=True)
    pages = build_html(project, stage(project, executed))
    write_text(marker, json.dumps({"key": key}))
    return pages


def _pages_key(project: Project, executed: Sequence[Executed]) -> str:
    pages = [file for file in (project.root / "book").rglob("*") if file.is_file() and "node_modules" not in file.parts]
    files = [project.root / "_config.yml", project.root / "_toc.yml", project.root / "constraints.txt",
             *sorted(pages), *(chapter.path for chapter in executed),
             *sorted((project.root / "zsr_lib" / "book").glob("*.py"))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(project.root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
