"""Tables of run records as text: one a direction and protocol, with chance, oracle and published numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tabulate import tabulate

from zsr_lib.evaluation.protocols import second_stage
from zsr_lib.experiments.averages import Value
from zsr_lib.experiments.failures import Failure
from zsr_lib.experiments.summary import Block, Row, depth_of
from zsr_lib.reporting.published import published
from zsr_lib.reporting.published.text import as_table as published_table
from zsr_lib.reporting.published.text import footnotes_text
from zsr_lib.reporting.run_record import RunRecord

_FOOT = "mean over splits of the mean over seeds ± sd over seeds of the mean over splits (sd over splits)"

AUDIT_MARKS = {
    "legacy": ("†", "legacy: parts of it have seen unseen classes, as in the published code"),
    "transductive": ("§", "transductive: its codes depend on the other unseen items embedded with them"),
    "unwatched": ("⁂", "unwatched: only its codes were handed in; how they were made is what its authors say"),
    "unlabelled": ("¶", "unlabelled: parts of it were fitted on items without labels, which may show unseen classes"),
}
"""The audit's label → the mark of a row, and what it means."""


def as_text(
    blocks: Iterable[Block], left_out: Mapping[str, int], failures: Iterable[Failure] = (), standing: str = ""
) -> str:
    """All tables, what was left out of them, the cells that failed, and what the runs are worth today."""
    parts, shown, blocks = [], set(), list(blocks)
    for block in blocks:
        other = any(each.dataset == block.dataset and each.checksum != block.checksum for each in blocks)
        parts.append(_block(block) if not other else f"data with checksum {block.checksum[:12]}\n{_block(block)}")
        if block.numbers:
            # Experiments on the same data make several tables, beside which the same numbers stand.
            parts.append(_beside(block, again=block.numbers in shown))
            shown.add(block.numbers)
    notes = [f"{name}: {count} runs of an earlier configuration are left out" for name, count in left_out.items()]
    notes += [f"failed, so not in a mean: {failure}" for failure in failures]
    notes += [standing] if standing else []
    footnotes = footnotes_text(published().footnotes_of(number for numbers in shown for number in numbers))
    return "\n\n".join(filter(None, [*parts, "\n".join([_FOOT, *notes]), footnotes]))


def as_plain(
    blocks: Sequence[Block], left_out: Mapping[str, int], failures: Iterable[Failure] = (), standing: str = ""
) -> dict[str, Any]:
    """The same as mappings, lists and scalars."""
    notes = published().footnotes_of(number for block in blocks for number in block.numbers)
    return {
        "tables": list(map(asdict, blocks)),
        "footnotes": list(map(asdict, notes)),
        "left_out": dict(left_out),
        "failed": list(map(asdict, failures)),
        "standing": standing,
    }


def grid(block: Block, between: str = "\n") -> tuple[list[str], list[list[Any]]]:
    """The heads and lines of a table; where there are several groups, `between` stands between group and metric."""
    columns = [(group, metric) for group in block.groups for metric in block.metrics]
    several = len(block.groups) > 1
    names = (f"{group}{between}{metric}" if several else metric for group, metric in columns)
    heads = ["system", "distance", "runs", *names]
    lines = [
        [_name(row), _ranking(row), row.runs, *(_cell(row.values[group][metric]) for group, metric in columns)]
        for row in block.rows
    ]
    chance, best = (
        [name, "", "", *(_number(limits[group][metric]) for group, metric in columns)]
        for name, limits in (("chance", block.chance), ("best possible", block.oracle))
    )
    return heads, [chance, *lines, best]


def _block(block: Block) -> str:
    heads, lines = grid(block)
    align = ["left", "left", *["right"] * (len(heads) - 2)]
    table = tabulate(lines, heads, disable_numparse=True, colalign=align)
    return "\n".join([*captions(block), "", table, *footnotes(block)])


def captions(block: Block) -> list[str]:
    """Lines above a table: data set, protocol, and what each group of splits holds."""
    lines = [f"{block.dataset} · {block.protocol}"]
    for group, splits in block.groups.items():
        named = group if splits == (group,) else f"{group}: {', '.join(splits)}"
        if not all(block.sizes[group]):
            lines.append(f"{named}; not run")
            continue
        queries, gallery = ("…".join(map(str, (each[0], each[-1])[: len(each)])) for each in block.sizes[group])
        lines.append(f"{named}; {queries} queries against {gallery}")
    return lines


def footnotes(block: Block) -> list[str]:
    """Lines below a table: numbers that experiments list, and what the marks mean."""
    lines = []
    for each in block.published:
        group = f", {each['group']}" if each["group"] else ""
        caveat = f"; {each['caveat']}" if each["caveat"] else ""
        lines.append(
            f"published for {each['experiment']}: {each['metric']} {each['value']}{group} ({each['source']}){caveat}"
        )
    lines += [" ".join(told) for label, told in AUDIT_MARKS.items() if any(row.audit == label for row in block.rows)]
    if any(len(row.code) > 1 for row in block.rows):
        lines.append("‡ its runs were made by different versions of the code")
    return lines


def _beside(block: Block, again: bool) -> str:
    """Others' numbers in a table of their own: ours and theirs never share a column."""
    head = f"published · {block.dataset} · {block.direction}"
    if again:
        return f"{head}: as above"
    return (
        f"{head}: not measured here; other classes or definitions are another test\n\n{published_table(block.numbers)}"
    )


def _name(row: Row) -> str:
    marks = (f" {AUDIT_MARKS[row.audit][0]}" if row.audit in AUDIT_MARKS else "") + (" ‡" if len(row.code) > 1 else "")
    label = f" ({row.label})" if row.label else ""
    profile = f" [{row.profile}]" if row.profile else ""
    return f"{row.experiment}{label}{profile}{marks}"


def _ranking(row: Row) -> str:
    return ", ".join(filter(None, [row.distance, second_stage(row.rerank)]))


def _distance(record: RunRecord, direction: str) -> str:
    """How its codes were compared, and in brackets how they are made to be, where that is another."""
    used, own = record.results[direction]["protocol"]["distance"], record.method["distance"]
    return used if used == own else f"{used} (its own: {own})"


def ranking_of(record: RunRecord, direction: str) -> str:
    """How a system's codes are compared, and how many it ranks again: what in a protocol belongs to the system."""
    return ", ".join(filter(None, [_distance(record, direction), second_stage(depth_of(record, direction))]))


def _cell(value: Value | None) -> str:
    if value is None:
        return "–"
    seeds = "" if value.sd_seeds is None else f" ± {value.sd_seeds:.3f}"
    splits = "" if value.sd_splits is None else f" ({value.sd_splits:.3f})"
    return f"{value.mean:.3f}{seeds}{splits}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
