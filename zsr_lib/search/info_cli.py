"""``zsr info`` and ``zsr calibrate``."""

import json
from pathlib import Path
from typing import Any

import click

from zsr_lib.errors import printable

_LISTED = 5
"""Skipped files that are named."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="INDEX")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def info(folder: Path, as_json: bool) -> int:
    """What INDEX holds: of which archive, made how, how many windows, where on Earth, and what was skipped."""
    from tabulate import tabulate

    from zsr_lib.search.index import Index

    told = _told(Index(folder))
    if as_json:
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return 0
    skipped = told.pop("problems")
    click.echo(printable(tabulate([(name, _short(value)) for name, value in told.items()], tablefmt="plain")))
    for path, problem in list(skipped.items())[:_LISTED]:
        click.echo(printable(f"skipped {path}: {problem}"))
    if len(skipped) > _LISTED:
        click.echo(f"… and {len(skipped) - _LISTED} more: --json names all.")
    return 0


def _told(index: Any) -> dict[str, Any]:
    import numpy as np

    boxes = index.columns.boxes
    placed = boxes[np.isfinite(boxes).all(axis=1)]
    size = sum(path.stat().st_size for path in index.folder.rglob("*") if path.is_file())
    calibration = index.calibration
    return index.about | {
        "bytes": size,
        "windows_with_place": len(placed),
        "latitudes": [float(placed[:, 1].min()), float(placed[:, 3].max())] if len(placed) else None,
        "calibrated_on": calibration and calibration.source,
        "problems": index.problems,
    }


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {str(each)[:12]}" for name, each in value.items())
    return "–" if value is None else str(value)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="INDEX")
@click.argument("sketches", type=click.Path(path_type=Path), metavar="SKETCHES")
def calibrate(folder: Path, sketches: Path) -> int:
    """Measure what the scores of INDEX mean: which share of hits with such a score is what was drawn.

    SKETCHES is a folder of folders with drawings; a drawing in SKETCHES/runway is of what lies in folders of the
    archive that are called runway. From then on zsr search says what to expect of what it finds.
    """
    import numpy as np

    from zsr_lib.files import exclusive
    from zsr_lib.search.calibration import calibrated, write_calibration
    from zsr_lib.search.index import Index
    from zsr_lib.search.pictures import pictures_in
    from zsr_lib.search.query import asked_code

    index = Index(folder)
    names = np.array([Path(path).parent.name for path in index.columns.paths])[index.columns.files]
    files = [each.path for each in pictures_in(sketches) if Path(each.path).parent.name in set(names.tolist())]
    drawn = np.array([Path(path).parent.name for path in files])
    codes = [asked_code(index, sketches / path) for path in files]
    scores = index.scores(np.stack(codes)) if codes else np.zeros((0, len(names)))
    found = calibrated(scores, drawn, names, f"sketches for {index.pictures.name}")
    with exclusive(folder / ".lock", f"writing to the index {folder}", wait_seconds=0):
        write_calibration(folder, found)
    click.echo(
        f"{found.queries} sketches of {len(set(drawn))} classes: a score of {found.scores[-1]:.3f} is right in "
        f"{found.shares[-1]:.0%}, any picture in {found.prevalence:.0%}. On classes that were left out, the expected "
        f"share of the first hits was off by {found.error:.2f} on average."
    )
    return 0
