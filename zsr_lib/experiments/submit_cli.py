"""``zsr submit``: anyone's codes, scored under a named task, for the leaderboard."""

import os
from pathlib import Path
from typing import Any

import click

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.codes import DISTANCES
from zsr_lib.evaluation.directions import ends
from zsr_lib.evaluation.report import as_table
from zsr_lib.experiments.credentials import LEAGUES
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.options import data_option, runs_option
from zsr_lib.settings import data_root

_EXAMPLES = """\b
For example:
  zsr submit --task sketchy-25-sake --items items.npz
  zsr submit codes.npz --name Ours --task sketchy-25-sake --league 0 --backbone resnet50 --pretrained ImageNet-1k"""


@click.command(epilog=_EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--task", required=True, metavar="NAME", help="Which items, and how they are scored.")
@click.option("--items", type=click.Path(path_type=Path), metavar="FILE", help="Only write the task's ids and labels.")
@click.option("--name", metavar="TEXT", help="What the row is to be called.")
@click.option("--direction", default="sketch→photo", show_default=True, metavar="NAME", help="Queries → gallery.")
@click.option("--distance", type=click.Choice(DISTANCES), default="cosine", show_default=True, help="Between codes.")
@click.option("--league", type=click.Choice(list(map(str, LEAGUES))), help=f"You say: {LEAGUES}.")
@click.option("--backbone", default="", metavar="TEXT", help="You say: the network.")
@click.option("--pretrained", default="", metavar="TEXT", help="You say: what that was pretrained on.")
@click.option("--trained-on", default="", metavar="TEXT", help="You say: what the system was trained on.")
@click.option("--source", default="", metavar="TEXT", help="You say: where the system is described.")
@data_option
@runs_option
def submit(
    file: Path | None,
    task: str,
    items: Path | None,
    name: str | None,
    direction: str,
    distance: str,
    league: str | None,
    root: str | None,
    runs: Path,
    **said: Any,
) -> None:
    """Score the codes in FILE, an .npz as for 'zsr evaluate' with query_ids and gallery_ids, and write their record.

    Each item of the task must be there once, with its class. The record keeps the codes: 'zsr verify', and every build
    of the leaderboard, scores them again. How they were made nobody has watched, so that the row takes no rank.
    """
    from zsr_lib.experiments.submission import Declared, Submission
    from zsr_lib.experiments.submitting import submit as submit_codes
    from zsr_lib.experiments.submitting import write_items

    if root:
        os.environ["ZSR_DATA"] = str(data_root(root))
    materials, direction = Materials(progress=False), "→".join(ends(direction))
    if items is not None:
        write_items(task, direction, materials, items)
        click.echo(f"{items} holds query_ids, query_labels, gallery_ids and gallery_labels of {task}, {direction}")
        return
    if file is None or name is None or league is None:
        raise BadInputError("codes need a name and a league.", "zsr submit FILE --name TEXT --task NAME --league 0")
    what = Submission(name, task, direction, distance, Declared(int(league), **said))
    record = submit_codes(file, what, materials, runs)
    click.echo(f"{as_table(record.results[direction])}\n\n{record.folder}")
