"""``zsr book``."""

import json
import sys

import click

from zsr_lib import settings
from zsr_lib.book.build import PROFILES, build_book, executed_before
from zsr_lib.book.project import Project

profile_option = click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="quick",
    show_default=True,
    help="quick: CPU, minutes. full: GPU or hours.",
)
only_option = click.option(
    "--only", multiple=True, metavar="CHAPTER", help="Only this chapter (name or number); repeatable."
)


@click.group()
def book() -> None:
    """Execute the chapters, build the pages, check every number."""


@book.command()
@profile_option
@only_option
@click.option("--force", is_flag=True, help="Execute even what has not changed.")
@click.option("--wait", type=float, default=1.0, metavar="SECONDS", help="How long to wait for another build to end.")
def build(profile: str, only: tuple[str, ...], force: bool, wait: float) -> None:
    """Execute what changed, then build the pages into _build/html."""
    project = Project.find()
    pages = build_book(project, profile, only, force, click.echo, wait)
    click.echo(f"open {(pages / 'index.html').relative_to(project.root)}")


def _source(profile: str) -> str:
    return f"{'real' if settings.data_root() else 'generated'}-{profile}"


@book.command()
@profile_option
@click.option("--all", "show_all", is_flag=True, help="List the numbers that passed, too.")
@click.option("--json", "as_json", is_flag=True, help="Print all rows as JSON.")
def check(profile: str, show_all: bool, as_json: bool) -> None:
    """Compare the executed chapters with reported/; exit status 1 if a number moved."""
    from zsr_lib.book.check import as_text, check_chapters, write_json

    project = Project.find()
    rows = check_chapters(project, executed_before(project, _source(profile)))
    write_json(rows, project.build / "check.json")
    text = (project.build / "check.json").read_text(encoding="utf-8") if as_json else as_text(rows, not show_all)
    click.echo(text)
    sys.exit(0 if all(row.passed for row in rows) else 1)


@book.command()
@profile_option
@only_option
@click.option("--reason", required=True, help="Why the references change; kept with them.")
def bless(profile: str, only: tuple[str, ...], reason: str) -> None:
    """Run chapters again and make what they state the references in reported/."""
    from zsr_lib.book.bless import bless_chapters

    project = Project.find()
    chapters = [project.chapter(name) for name in only] or project.chapters()
    bless_chapters(project, chapters, profile, reason, say=click.echo)


@book.command()
def lint() -> None:
    """Find numbers typed into prose instead of stated through a key."""
    from zsr_lib.book.prose import typed_numbers

    project = Project.find()
    found = [finding for chapter in project.chapters() for finding in typed_numbers(project.source(chapter))]
    for finding in found:
        click.echo(finding)
    click.echo(json.dumps({"chapters": len(project.chapters()), "typed numbers": len(found)}))
    sys.exit(1 if found else 0)
