"""The last chapter: every number of the book with its verdict, folded by chapter, failures first."""

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from zsr_lib.book.check import shown, summary
from zsr_lib.book.published_page import SCRIPTS, controls
from zsr_lib.reporting.bless import TRAINED_MARGIN
from zsr_lib.reporting.gate import SPREAD, Row

EVERY_NUMBER = "every_number"

_COLUMNS = {"key": "", "reference": "", "now": "", "tier": "filter", "verdict": "filter"}
"""Heading → class: what can be chosen from a list."""


def every_number_page(
    rows: Sequence[Row], titles: Mapping[str, str], notes: Mapping[str, str], stored: str = ""
) -> str:
    """The page's MyST text; its tables are HTML, and tables like any other where scripts do not run.

    Args:
        rows: The gate's.
        titles: Chapter → its number and title.
        notes: Chapter → what `zsr_lib.book.annotate.earned_text` says of it.
        stored: What stored runs are worth (`zsr_lib.experiments.earned.standing_of`); empty without any.
    """
    red = [row for row in rows if not row.passed]
    parts = [_introduction(rows, stored), *_failures(red, titles), controls()]
    for chapter, title in titles.items():
        own = sorted((row for row in rows if row.chapter == chapter), key=lambda row: row.passed)
        parts += [f"\n(numbers-{slugged(chapter)})=\n## {title}\n", notes.get(chapter, ""), *_folded(own, title)]
    return "\n".join([*parts, *SCRIPTS, ""])


def slugged(chapter: str) -> str:
    """A chapter's name as part of a label."""
    return chapter.replace("_", "-")


def _introduction(rows: Sequence[Row], stored: str) -> str:
    return "\n".join(
        [
            "# Every number, pass or fail\n",
            "Each result in this book reaches its page through a key. The build compares the value of this execution "
            "with the reference that is kept under version control, and this page is written by that comparison.\n",
            f"**{summary(rows)}.**\n",
            ":::{dropdown} What the tiers mean, and how fresh the numbers are",
            "*Exact* numbers must be equal; *tight* ones may differ by the tolerance that repeated runs as on "
            "another machine gave; *trained* ones come out of a training on their page and may differ by "
            f"{TRAINED_MARGIN:.0f} times what other processors move them by, or by one pair of ranks that changes "
            f"places; *statistical* ones must lie within {SPREAD} standard deviations of at least five "
            "reference seeds; *published* ones are other people's, and must be what their source prints.\n",
            "What a chapter computes was *re-executed* for this page, and its references were *re-earned on* "
            "the day of their last blessing. Tables of long runs read records; such a run is *stored* until "
            "`zsr verify` has made it again."
            + (f" Of the runs in `reported/runs`: {stored}." if stored else "")
            + "\n:::\n",
        ]
    )


def _failures(red: Sequence[Row], titles: Mapping[str, str]) -> Iterator[str]:
    """What differs, before everything else."""
    if red:
        yield '<div class="pst-scrollable-table-container"><table class="table failures">'
        yield f"<thead><tr><th>chapter</th>{_heads()}</tr></thead><tbody>"
        for row in red:
            link = f'<a href="#numbers-{slugged(row.chapter)}">{escape(titles.get(row.chapter, row.chapter))}</a>'
            yield f"<tr><td>{link}</td>{_cells(row)}</tr>"
        yield "</tbody></table></div>\n"


def _folded(rows: Sequence[Row], title: str) -> Iterator[str]:
    """A chapter's table, without an empty line, at which the HTML block would end."""
    red = sum(not row.passed for row in rows)
    told = f"{len(rows)} numbers, " + (f"{red} of them not as reported" if red else "all as reported")
    facets = escape(json.dumps({"chapter": title}, ensure_ascii=False))
    yield f'<details class="board numbers"><summary>{told}</summary>'
    yield (
        f'<div class="published" role="region" aria-label="Numbers of {escape(title)}" tabindex="0"'
        f" data-facets='{facets}'>"
    )
    yield f'<table class="table sortable asc n-last"><thead><tr>{_heads()}</tr></thead><tbody>'
    yield from (f"<tr>{_cells(row)}</tr>" for row in rows)
    yield "</tbody></table></div></details>\n"


def _heads() -> str:
    kinds = {name: f' class="{kind}"' if kind else "" for name, kind in _COLUMNS.items()}
    return "".join(f'<th scope="col"{kinds[name]}>{name}</th>' for name in _COLUMNS)


def _cells(row: Row) -> str:
    verdict = ("✓ " if row.passed else "✗ ") + row.verdict
    texts = (shown(row.reference), shown(row.now), row.tier, verdict)
    return f"<td><code>{escape(row.key or '—')}</code></td>" + "".join(f"<td>{escape(text)}</td>" for text in texts)
