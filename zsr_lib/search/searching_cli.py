"""``zsr search``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zsr_lib.errors import BadInputError, printable

if TYPE_CHECKING:
    from zsr_lib.search.hit import Hit

_EXAMPLES = """
\b
For example:
  zsr search tiles.index runway.png -k 20
  zsr search tiles.index runway.png --html found.html
  zsr search tiles.index runway.png --geojson > found.geojson
  zsr search tiles.index runway.png --bbox 18.3,-34.4,18.6,-33.8 --path 'cape/*.tif' --since 2026-01-01
  zsr search tiles.index airport.jpg --photo
  zsr search tiles.index runway.png --more 412 --less 77 --less motorway.jpg
"""


class _Example(click.ParamType):
    """A row, as hits have it, or a file; a file that is called like a number is written ./12."""

    name = "ROW|FILE"

    def convert(self, value: str, *_: object) -> int | Path:
        return int(value) if value.isascii() and value.isdecimal() else Path(value)


def filtering(command: Callable) -> Callable:
    """Adds the options that say which windows are searched."""
    for option in (
        click.option("--since", metavar="DATE", help="Only files changed then or later: 2026-05-31."),
        click.option("--path", metavar="PATTERN", help="Only files that fit: 'tiles', 'tiles/*.tif'."),
        click.option("--bbox", metavar="W,S,E,N", help="Only what meets this box, in degrees."),
    ):
        command = option(command)
    return command


@click.command(epilog=_EXAMPLES)
@click.argument("folder", type=click.Path(path_type=Path), metavar="INDEX")
@click.argument("sketch", type=click.Path(path_type=Path), required=False)
@click.option("-k", "count", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@click.option(
    "--rerank", type=click.IntRange(1), metavar="K", help="Rank the first K again by their tokens: zsr index --tokens."
)
@click.option("--photo", is_flag=True, help="SKETCH is a photo: find what looks like it.")
@click.option("--more", type=_Example(), multiple=True, help="More like this photo; may be said again.")
@click.option("--less", type=_Example(), multiple=True, help="Not like this photo; may be said again.")
@filtering
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a contact sheet.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--geojson", "form", flag_value="geojson", help="Print footprints, for QGIS and other maps.")
@click.option("--csv", "form", flag_value="csv", help="Print a table with centres and boxes.")
def search(
    folder: Path,
    sketch: Path | None,
    count: int,
    rerank: int | None,
    photo: bool,
    more: Sequence[int | Path],
    less: Sequence[int | Path],
    bbox: str | None,
    path: str | None,
    since: str | None,
    html: Path | None,
    form: str | None,
) -> int:
    """Find the pictures of INDEX that are nearest to a sketch: dark lines on white, any picture file.

    Without SKETCH, --more alone says what is looked for.
    """
    from zsr_lib.search.filters import read_filter
    from zsr_lib.search.index import Index

    opened, where = Index(folder), read_filter(bbox, path, since)
    if rerank and (photo or more or less or sketch is None):
        raise BadInputError("--rerank compares the patches of one sketch with photos'.", "ask with a sketch alone.")
    hits = opened.search(sketch, max(count, rerank or 0), where, photo=photo, more=more, less=less)
    if rerank:
        from zsr_lib.search.second_stage import ranked_again

        hits = ranked_again(opened, sketch, hits, rerank)[:count]
    if where and not hits:
        click.echo(f"none of the {len(opened)} windows fits --bbox, --path and --since.", err=True)
    shares = [hit.expected for hit in hits if hit.expected is not None]
    if shares:
        click.echo(opened.calibration.in_words(shares), err=True)
    if html is not None:
        from zsr_lib.files import write_text
        from zsr_lib.search.sheet import contact_sheet

        write_text(html, contact_sheet(opened, hits, sketch))
    _echo(hits, form, html)
    return 0


def _echo(hits: Sequence[Hit], form: str | None, html: Path | None) -> None:
    from zsr_lib.search.exports import geojson, table

    if form in ("geojson", "csv"):
        for part in (geojson if form == "geojson" else table)(hits):
            click.echo(part, nl=False)
    elif form == "json":
        click.echo(json.dumps([hit.as_dict() for hit in hits], indent=1, ensure_ascii=False))
    else:
        click.echo(_listed(hits) if html is None else html)


def _listed(hits: Sequence[Hit]) -> str:
    from tabulate import tabulate

    rows = [
        [
            place,
            f"{hit.score:.3f}",
            "" if hit.expected is None else f"{hit.expected:.0%}",
            printable(str(hit.path)),
            _part(hit),
            hit.row,
            _where(hit),
            "" if hit.state == "here" else hit.state,
        ]
        for place, hit in enumerate(hits, 1)
    ]
    head = ["", "score", "expected", "picture", "window", "row", "longitude, latitude", ""]
    return tabulate(rows, head, disable_numparse=True)


def _part(hit: Hit) -> str:
    left, top, width, height = hit.window
    return f"{width}×{height} at {left}, {top}"


def _where(hit: Hit) -> str:
    from zsr_lib.search.ground import centre_of

    if "lonlat" not in hit.place:
        return ""
    longitude, latitude = centre_of(hit.place["lonlat"])
    return f"{longitude:.6f}, {latitude:.6f}"
