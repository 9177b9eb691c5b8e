"""The page of published numbers: one table that a browser can sort and filter, and the footnotes."""

from html import escape

from zsr_lib.reporting.published import Number, Published
from zsr_lib.reporting.published.text import named

PUBLISHED = "published"
SCRIPTS = (
    '<script src="../_static/sortable-tablesort/sortable.min.js" defer></script>',
    '<script src="../_static/book/published.js" type="module"></script>',
)
"""What sorts and filters the tables of a page."""


def controls() -> str:
    """Where the scripts put what readers choose with; there from the start, so that nothing moves when they come."""
    return '<div class="published-controls" role="search"></div>\n'


_INTRODUCTION = """\
# What others have published

Numbers of the literature as they are printed, with what is known of how they came about. None of them was measured
here. *Split* names the list of unseen classes where a source tells which one it was, *definition* the metric in full
where text or released code say what was computed. Two values compare only where data set, split, task and definition
agree, which they seldom do: [one ranking can have many values](../notebooks/04_one_ranking_many_maps) by the choice
of a definition alone. Values are sorted by their worth, whether they are printed in per cent or not.
"""

_COLUMNS = {
    "system": "",
    "value": "",
    "metric, as printed": "filter",
    "definition": "filter",
    "data set": "filter",
    "split": "filter",
    "task": "filter",
    "year": "",
    "source": "",
    "notes": "no-sort",
}
"""Heading → class: what can be chosen from a list, and what has no order."""


def published_page(published: Published) -> str:
    """The page's MyST text.

    The table is HTML, in which cells have keys to sort by. Without scripts it is a table like any other.
    """
    return "\n".join(
        [
            _INTRODUCTION,
            controls(),
            *_table(published),
            "",
            "## Notes\n",
            *_notes(published),
            "",
            "## Sources\n",
            *(f"{short}\n: {where}.\n" for short, where in published.sources.items()),
            *SCRIPTS,
            "",
        ]
    )


def _table(published: Published) -> list[str]:
    """Without an empty line, at which the HTML block would end."""
    heads = "".join(f'<th scope="col"{_attribute("class", kind)}>{text}</th>' for text, kind in _COLUMNS.items())
    return [
        '<div class="published" role="region" aria-label="Published numbers" tabindex="0">',
        '<table class="table sortable asc n-last">',
        f"<thead><tr>{heads}</tr></thead>",
        "<tbody>",
        *(_row(published, number) for number in published.numbers),
        "</tbody>",
        "</table>",
        "</div>",
    ]


def _row(published: Published, number: Number) -> str:
    task = number.direction if number.protocol == "zero-shot" else f"{number.direction}, {number.protocol}"
    notes = (f'<a href="#note-{place}">{place}</a>' for place in published.places(number))
    texts = (
        number.metric,
        number.definition,
        number.dataset,
        number.split_text,
        task,
        number.year or "",
        number.source,
    )
    cells = [
        f"<td>{escape(named(number))}</td>",
        f'<td data-sort="{number.fraction:.6f}">{escape(number.value)}</td>',
        *(f"<td>{escape(str(text))}</td>" for text in texts),
        f"<td>{' '.join(notes)}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _notes(published: Published) -> list[str]:
    items = [
        f'<li id="note-{note.place}">{escape(note.text)} <span class="evidence">{escape(note.evidence)}</span></li>'
        for note in published.footnotes.values()
    ]
    return ['<ol class="notes">', *items, "</ol>"]


def _attribute(name: str, value: str) -> str:
    return f' {name}="{value}"' if value else ""
