"""``zsr book``."""

import datetime
import sys
from pathlib import Path

import click

from zsr_lib import settings
from zsr_lib.book.build import PROFILES, Order, build_book, executed_before
from zsr_lib.book.project import Project

QUOTED_FROM = "generated-quick"
"""The references that pages quote numbers from: the ones that everybody can make again."""

profile_option = click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="quick",
    show_default=True,
    help="quick: CPU, minutes. full: GPU or hours.",
)
only_option = click.option(
    "--only", multiple=True, metavar="CHAPTER", help="Only this chapter (its name, or the number in it); repeatable."
)


@click.group()
def book() -> None:
    """Execute the chapters, build the pages, check every number."""


@book.command()
@profile_option
@only_option
@click.option("--force", is_flag=True, help="Execute even what has not changed.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Chapters at the same time.")
@click.option("--wait", type=float, default=1.0, metavar="SECONDS", help="How long to wait for another build to end.")
def build(profile: str, only: tuple[str, ...], force: bool, jobs: int, wait: float) -> None:
    """Execute what changed, then build the pages into _build/html."""
    project = Project.find()
    pages = build_book(project, Order(profile, only, force, jobs, wait), click.echo)
    click.echo(f"open {(pages / 'index.html').relative_to(project.root)}")


def _source(profile: str) -> str:
    return f"{'real' if settings.data_root() else 'generated'}-{profile}"


@book.command()
@profile_option
@click.option("--all", "show_all", is_flag=True, help="List the numbers that passed, too.")
@click.option("--json", "as_json", is_flag=True, help="Print all rows as JSON.")
@only_option
@click.option(
    "--elsewhere",
    multiple=True,
    metavar="PROCESSOR",
    help="Execute chapters (those that train, if none is named) as on another processor and check that; repeatable. "
    "'oldest', 'all' or a name.",
)
@click.option(
    "--turn",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    help="With --elsewhere: only one of the chapters, the next one with each number.",
)
def check(
    profile: str, show_all: bool, as_json: bool, only: tuple[str, ...], elsewhere: tuple[str, ...], turn: int | None
) -> None:
    """Compare the executed chapters with reported/; exit status 1 if a number moved."""
    from zsr_lib.book.check import as_text, check_chapters, check_elsewhere, not_checked, training_chapters, write_json

    project, source = Project.find(), _source(profile)
    chosen = [project.chapter(name) for name in only]
    if elsewhere:
        chosen = chosen or training_chapters(project, source)
        chosen = chosen if turn is None else chosen[turn % max(len(chosen), 1) :][:1]
        rows = check_elsewhere(project, elsewhere, chosen, profile)
    else:
        executed = executed_before(project, source)
        rows = check_chapters(project, [each for each in executed if not chosen or each.chapter in chosen])
    write_json(rows, project.build / "check.json")
    text = (project.build / "check.json").read_text(encoding="utf-8") if as_json else as_text(rows, not show_all)
    click.echo(text)
    for line in [] if as_json else not_checked(project, source, datetime.datetime.now(datetime.UTC).date()):
        click.echo(line)
    sys.exit(0 if all(row.passed for row in rows) else 1)


@book.command()
@profile_option
@only_option
@click.option("--reason", required=True, help="Why the references change; kept with them.")
@click.option("--seeds", type=click.IntRange(min=0), default=0, help="Seeds of chapters that train, too.")
@click.option(
    "--on", multiple=True, metavar="PROCESSOR", help="Repeat as on these only, instead of all that can be stood in for."
)
def bless(profile: str, only: tuple[str, ...], reason: str, seeds: int, on: tuple[str, ...]) -> None:
    """Run chapters again and make what they state the references in reported/."""
    from zsr_lib.book.bless import bless_chapters

    project = Project.find()
    chapters = [project.chapter(name) for name in only] or project.chapters()
    bless_chapters(project, chapters, profile, reason, click.echo, seeds, on)


@book.command()
def lint() -> None:
    """Find numbers typed into prose, before anything is executed; `check` also reads what cells print."""
    from zsr_lib.book.prose import claimed_constants, misquoted_numbers, typed_numbers

    project = Project.find()
    sources = [project.source(chapter) for chapter in project.chapters()]
    pages = [*sorted((project.root / "book").glob("*.md")), *project.root.glob("README.md")]
    found = [finding for source in (*sources, *pages) for finding in typed_numbers(source)]
    found += [finding for source in sources for finding in claimed_constants(source)]
    found += [finding for page in pages for finding in misquoted_numbers(page, project.root / "reported" / QUOTED_FROM)]
    for finding in found:
        click.echo(finding)
    click.echo(f"{len(found)} numbers without a key in {len(sources)} chapters and {len(pages)} pages")
    sys.exit(1 if found else 0)


@book.command()
@profile_option
@click.option("--repository", required=True, metavar="URL", help="Where the library is installed from.")
@click.option("--commit", required=True, help="Which commit of it.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write to.")
def export(profile: str, repository: str, commit: str, out: Path) -> None:
    """Write the executed notebooks so that they start on Colab and Binder."""
    from zsr_lib.book.publish import export_notebooks

    for file in export_notebooks(Project.find(), _source(profile), repository, commit, out):
        click.echo(file)


@book.command()
@profile_option
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("dist"), show_default=True, help="Folder to write to."
)
def release(profile: str, out: Path) -> None:
    """Write the files of a release: pages, notebooks, references, pins, SHA-256."""
    from zsr_lib.book.publish import make_release

    for file in make_release(Project.find(), _source(profile), out):
        click.echo(file)
