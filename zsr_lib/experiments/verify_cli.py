"""``zsr verify``: stored runs, made again."""

import random
import sys
from pathlib import Path

import click

from zsr_lib.devices import device_of
from zsr_lib.experiments.behind import code_behind
from zsr_lib.experiments.earned import Earned, name_of, note_earned
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.options import chosen, device_option
from zsr_lib.experiments.run_cell import Where
from zsr_lib.experiments.submitted import is_submitted
from zsr_lib.experiments.verifying import Verified
from zsr_lib.experiments.verifying import verify as verify_run
from zsr_lib.reporting.record import Provenance
from zsr_lib.reporting.run_record import read_records

_EXAMPLES = """\b
For example:
  zsr verify --sample 3 --seed 7
  zsr verify sketchy-zscmr --within 60"""


@click.command(epilog=_EXAMPLES)
@click.argument("names", nargs=-1)
@click.option(
    "--runs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="reported/runs",
    show_default=True,
    metavar="DIR",
    help="Folder of the stored run records.",
)
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Only so many, drawn by --seed.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the sample.")
@click.option("--within", type=float, metavar="SECONDS", help="Only runs that took no longer when they were stored.")
@click.option("--values", is_flag=True, help="Keep the queries' values of runs that have none, where they fit.")
@device_option
def verify(
    names: tuple[str, ...], runs: Path, sample: int | None, seed: int, within: float | None, values: bool, device: str
) -> None:
    """Make stored runs again, of all experiments or those (or data sets) NAMES, and compare every metric.

    Those that agree are noted beside the records as re-earned today; exit status 1 if one differs. Runs whose data are
    not here are left out.
    """
    device_of(device)
    records, _ = chosen(read_records(runs), names, runs)
    picked = [each for each in records if within is None or each.seconds["total"] <= within]
    if sample is not None and sample < len(picked):
        picked = random.Random(seed).sample(picked, sample)  # noqa: S311, which runs, not a secret
    now, materials = Provenance.now({}, device), Materials(progress=False)
    found = []
    for record in picked:
        done = verify_run(record, materials, Where(runs, now, device, progress=False), values)
        click.echo(_told(done))
        if done.state == "agrees":
            behind = "" if is_submitted(record) else code_behind(record.setting["method"])
            earned = Earned(now.date, now.processor, behind, done.apart, done.record.seal)
            note_earned(runs, {name_of(record): earned})
        found.append(done)
    counts = {state: sum(each.state == state for each in found) for state in ("agrees", "differs", "left out")}
    click.echo(
        f"{len(found)} of {len(records)} stored runs: " + ", ".join(f"{state} {n}" for state, n in counts.items())
    )
    sys.exit(1 if counts["differs"] else 0)


def _told(done: Verified) -> str:
    line = f"{done.state:<8}  {name_of(done.record)}"
    if done.seconds:
        line += f"  {done.apart:.2g} of {done.allowed:.2g} allowed, {done.seconds:.0f} s"
    return line + (f"  {done.where}" if done.where else "")
