"""``zsr index``."""

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zsr_lib.errors import printable
from zsr_lib.search.bands import Band
from zsr_lib.search.windows import Tiling

if TYPE_CHECKING:
    from zsr_lib.search.building import Changes  # loads torch, which --help need not

_INDEX_EXAMPLES = """
\b
For example:
  zsr index tiles/ --out tiles.index
  zsr index tiles/ --out tiles.index      (again: only what is new, changed or gone)
  zsr index tiles/ --out tiles.index --verify
  zsr index tiles/ --model runs/eoc-zseoc-plus/eoc-sample-5-seed0-0123456789ab --out better.index
"""


@click.command(epilog=_INDEX_EXAMPLES)
@click.argument("pictures", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Folder of a run.  [default: the index's own; else a small one that ships with the package]",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="INDEX", help="Folder of the index.")
@click.option("--codes", type=click.Choice(["float", "int8", "bits"]), help="How codes are kept.  [default: int8]")
@click.option(
    "--tokens", type=click.Choice(["fp16", "int8"]), help="Keep tokens, too, by which zsr search --rerank ranks again."
)
@click.option("--tile", type=int, metavar="PX", help=f"Side of a scene's windows.  [default: {Tiling.side}]")
@click.option("--overlap", type=int, metavar="PX", help="Of windows.  [default: half of their side]")
@click.option(
    "--whole", type=int, metavar="PX", help=f"Pictures up to this side stay whole.  [default: {Tiling.whole}]"
)
@click.option("--bands", metavar="R,G,B", help="Of rasters, by number or name; or one.  [default: as named]")
@click.option("--relocate", "moved", is_flag=True, help="The archive of INDEX has moved to DIR: nothing is made again.")
@click.option("--verify", is_flag=True, help="Compare the index with its checksums; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def index(
    pictures: Path,
    model: Path | None,
    out: Path,
    codes: str | None,
    tokens: str | None,
    tile: int | None,
    overlap: int | None,
    whole: int | None,
    bands: str | None,
    moved: bool,
    verify: bool,
    as_json: bool,
) -> int:
    """Index all pictures below DIR, or bring their index up to date.

    Pictures are JPEG, PNG, WebP, BMP, GIF, TIFF, GeoTIFF (COG, too), JPEG 2000, VRT and STAC item files in any folder
    below DIR. Large scenes are cut into overlapping windows; those that are mostly no-data are left out. Corrupt files
    are listed and skipped. Stopped at any moment, the command goes on where it was. What a disk has damaged in the
    index is made again, and nothing else.
    """
    if verify:
        return _verified(out)
    from zsr_lib.search.building import Options, build_index
    from zsr_lib.search.embedding import embedder
    from zsr_lib.search.index import Index
    from zsr_lib.search.mending import relocate
    from zsr_lib.search.opened import CATALOGUE, own_embedder

    warnings.filterwarnings("ignore", module=r"PIL\.")  # without the file's name they help nobody
    if moved:
        relocate(pictures, out)
    system = embedder(model) if model else own_embedder(out) if (out / CATALOGUE).is_file() else embedder()
    options = Options(codes, _tiling(tile, overlap, whole), _listed(bands) if bands else None)
    changes = build_index(pictures, out, system, options)
    if tokens:
        from zsr_lib.search.second_stage import keep_tokens

        keep_tokens(Index(out), tokens)
    if as_json:
        click.echo(json.dumps(changes.__dict__, indent=1, ensure_ascii=False))
        return 0
    _tell(changes)
    click.echo(f"{len(Index(out))} windows can be found: zsr search {out} SKETCH")
    return 0


def _tell(changes: "Changes") -> None:
    from zsr_lib.search.pictures import IGNORED

    click.echo(f"{changes.new} new, {changes.changed} changed, {changes.deleted} gone, {changes.unchanged} as before.")
    if changes.mended:
        click.echo(f"{changes.mended} of the new were in the index before; what it held of them was damaged.", err=True)
    for ending, count in changes.ignored.items():
        click.echo(f"ignored {count} {ending}: {IGNORED[ending]}", err=True)
    for path, problem in changes.skipped.items():
        click.echo(printable(f"skipped {path}: {problem}"), err=True)


def _tiling(side: int | None, overlap: int | None, whole: int | None) -> Tiling | None:
    """What is not given follows from the side; None where nothing is."""
    given = {"side": side, "overlap": overlap, "whole": whole}
    given = {name: value for name, value in given.items() if value is not None}
    side = side or Tiling.side
    return Tiling(**({"overlap": side // 2, "whole": max(Tiling.whole, side)} | given)) if given else None


def _listed(bands: str) -> tuple[Band, ...]:
    each = (band.strip() for band in bands.split(","))
    return tuple(int(band) if band.isdecimal() else band for band in each)


def _verified(folder: Path) -> int:
    from zsr_lib.search.mending import verify

    damage = verify(folder)
    if damage:
        click.echo(
            f"{folder} is damaged: {len(damage.blocks)} blocks of codes, {len(damage.files)} entries of the catalogue. "
            "Run zsr index without --verify: it makes these again and nothing else.",
            err=True,
        )
        return 1
    click.echo(f"{folder} is as it was written.")
    return 0
