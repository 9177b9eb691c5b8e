"""``zsr published``: what others report."""

import json
from dataclasses import asdict

import click

from zsr_lib.reporting.published.reading import datasets, numbers_on, published
from zsr_lib.reporting.published.text import as_tables

# The \b keeps click from wrapping what follows.
_EXAMPLES = """\b
For example:
  zsr published
  zsr published sketchy
  zsr published tuberlin --json"""


@click.command("published", epilog=_EXAMPLES)
@click.argument("dataset", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def published_command(dataset: str | None, as_json: bool) -> None:
    """Numbers that others have printed, for one DATASET or for all, with what is known of their protocols.

    They were not measured here. Values of different definitions or lists of classes do not compare.
    """
    numbers = [number for name in ([dataset] if dataset else datasets()) for number in numbers_on(name)]
    if as_json:
        notes = published().footnotes_of(numbers)
        told = {"numbers": list(map(asdict, numbers)), "footnotes": list(map(asdict, notes))}
        click.echo(json.dumps(told | {"sources": published().sources}, indent=1, ensure_ascii=False))
    else:
        click.echo(as_tables(numbers))
