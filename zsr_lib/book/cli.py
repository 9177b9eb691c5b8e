"""``zsr book``."""

import click

from zsr_lib.book.build import PROFILES, build_book
from zsr_lib.book.project import Project


@click.group()
def book() -> None:
    """Execute the chapters and build the pages."""


@book.command()
@click.option("--profile", type=click.Choice(PROFILES), default="quick", show_default=True,
              help="quick: CPU, minutes. full: GPU or hours.")
@click.option("--only", multiple=True, metavar="CHAPTER", help="Execute only this chapter (name or number); repeatable.")
@click.option("--force", is_flag=True, help="Execute even what has not changed.")
def build(profile: str, only: tuple[str, ...], force: bool) -> None:
    """Execute what changed, then build the pages into _build/html."""
    project = Project.find()
    pages = build_book(project, profile, only, force, say=click.echo)
    click.echo(f"open {(pages / 'index.html').relative_to(project.root)}")
