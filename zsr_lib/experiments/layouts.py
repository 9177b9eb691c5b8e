"""Tables to take along, of our own numbers only: Markdown and LaTeX for a text, CSV for a program."""

import csv
import io
from collections.abc import Iterable, Iterator

from tabulate import tabulate

from zsr_lib.experiments.summary import Block
from zsr_lib.experiments.table import captions, footnotes, grid

LAYOUTS = ("markdown", "latex", "csv")
_CSV = ("dataset", "direction", "protocol", "group", "metric", "system", "distance", "rerank", "audit", "runs",
        "mean", "sd_seeds", "sd_splits", "seeds", "splits")  # fmt: skip


def laid_out(blocks: Iterable[Block], layout: str) -> str:
    """The tables in one of `LAYOUTS`; CSV has one line a number, with all digits, chance and oracle among them."""
    if layout == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_CSV)
        writer.writerows(line for block in blocks for line in _numbers(block))
        return text.getvalue().rstrip("\n")
    return "\n\n".join(_table(block, layout) for block in blocks)


def _table(block: Block, layout: str) -> str:
    heads, lines = grid(block, " ")
    align = ["left", "left", *["right"] * (len(heads) - 2)]
    form = {"markdown": "github", "latex": "latex_booktabs"}[layout]
    table = tabulate(lines, heads, form, disable_numparse=True, colalign=align)
    around = [[f"% {line}" if layout == "latex" else line for line in part(block)] for part in (captions, footnotes)]
    return "\n\n".join("\n".join(part) for part in (around[0], [table], around[1]) if part)


def _numbers(block: Block) -> Iterator[tuple[object, ...]]:
    for group in block.groups:
        for metric in block.metrics:
            where = (block.dataset, block.direction, block.protocol, group, metric)
            for row in block.rows:
                value = row.values[group][metric]
                name = f"{row.experiment} ({row.label})" if row.label else row.experiment
                spread = ("", "", "", "", "") if value is None else tuple(vars(value).values())
                yield (*where, name, row.distance, row.rerank, row.audit, row.runs, *spread)
            for name, limits in (("chance", block.chance), ("best possible", block.oracle)):
                yield (*where, name, "", "", "", "", limits[group][metric], "", "", "", "")
