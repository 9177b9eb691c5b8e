"""A card for each registered system: what its file says of it, its options, others' numbers and notes, our numbers."""

import inspect
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from zsr_lib.book.timeline import timeline
from zsr_lib.configs import plain
from zsr_lib.experiments.boards import Board, Entry
from zsr_lib.models.registry import METHODS, method_class
from zsr_lib.reporting.published import Number, Published

SYSTEMS = "systems"

_INTRODUCTION = """\
# Systems

One card for each registered system, made from its file, the published numbers and the stored runs: the idea with its
sources, what they do not state and what was chosen, in the words of the code; the options with their defaults; what is
known of the released code; and its best row of each board of sketches that search photos, as
[the leaderboard](leaderboard) has it. An experiment that names a system and nothing else runs it with these options.
"""


def systems_page(boards: Sequence[Board], published: Published) -> str:
    """The page's MyST text.

    Args:
        boards: As `zsr_lib.experiments.boards.boards_of` gives them.
        published: Where printed numbers and their footnotes are.
    """
    return "\n".join(
        [
            _INTRODUCTION,
            *timeline(boards, published),
            *(line for name in METHODS for line in _card(name, boards, published)),
        ]
    )


def _card(name: str, boards: Sequence[Board], published: Published) -> Iterator[str]:
    """One heading in Markdown, for the list of contents; the rest in HTML, in which no docstring is markup."""
    cls = method_class(name)
    rows = [(board, entry) for board in boards for entry in board.entries if _method(entry) == name]
    numbers = _printed(name, rows, published)
    yield f"## {name}\n"
    yield '<div class="card-of-system">'
    yield from _paragraphs(inspect.getdoc(sys.modules[cls.__module__]) or "")
    yield from _paragraphs(inspect.getdoc(cls) or "")
    yield f"<p>Codes are compared by {cls.distance} distance. In <code>{escape(cls.__module__)}</code>.</p>"
    yield from _options(cls)
    yield from _others(numbers, published)
    yield from _ours(rows)
    yield "</div>\n"


def _method(entry: Entry) -> str:
    return entry.first.setting["method"]


def _printed(name: str, rows: Sequence[tuple[Board, Entry]], published: Published) -> list[Number]:
    """Published numbers of systems of this name, or that stand beside its rows."""
    named = {number.system for _, entry in rows for number in entry.numbers}
    return [
        number
        for number in published.numbers
        if number.system in named or re.sub(r"\W+", "_", number.system).casefold() == name.casefold()
    ]


def _paragraphs(text: str) -> Iterator[str]:
    """Text as HTML: paragraphs, lists, code and stressed words; an ``Attributes:`` section is left out."""
    text = re.split(r"\n\n(?:Attributes|Args|Raises|Returns):", text)[0]
    for part in filter(None, map(str.strip, text.split("\n\n"))):
        marked = re.sub(r"`+([^`]+)`+", r"<code>\1</code>", escape(part, quote=False))
        marked = re.sub(r"\*(\w[^*]*)\*", r"<em>\1</em>", marked)
        if marked.startswith("- "):
            points = re.split(r"\n- ", marked[2:])
            yield f"<ul>{''.join(f'<li>{_joined(point)}</li>' for point in points)}</ul>"
        else:
            yield f"<p>{_joined(marked)}</p>"


def _joined(text: str) -> str:
    return " ".join(text.split())


def _options(cls: Any) -> Iterator[str]:
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td><code>{escape(str(value))}</code></td></tr>"
        for name, value in _flat(plain(cls.Config()))
    )
    head = "<thead><tr><th>option</th><th>default</th></tr></thead>"
    yield f'<details><summary>Options</summary><table class="table">{head}<tbody>{rows}</tbody></table></details>'


def _flat(values: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{head}{name}.")
        else:
            yield f"{head}{name}", value


def _others(numbers: Sequence[Number], published: Published) -> Iterator[str]:
    """What the released code computes under which name, and what must be known of printed numbers."""
    definitions = {f"{each.metric} is {each.definition}" for each in numbers if each.definition != "not stated"}
    notes = published.footnotes_of(numbers)
    if definitions:
        yield f"<p>In its released code {escape('; '.join(sorted(definitions)))}.</p>"
    if notes:
        yield f"<p>Of its published numbers ({len(numbers)} are known here):</p>"
        links = (f'<a href="published.html#note-{note.place}">[{note.place}]</a>' for note in notes)
        items = (f"<li>{link} {escape(note.text)}</li>" for link, note in zip(links, notes, strict=True))
        yield f"<ul>{''.join(items)}</ul>"


def _ours(rows: Sequence[tuple[Board, Entry]]) -> Iterator[str]:
    best: dict[int, tuple[Board, Entry]] = {}
    for board, entry in rows:  # entries stand best first
        if board.direction == "sketch→photo":
            best.setdefault(id(board), (board, entry))
    if not best:
        yield "<p>There is no stored run of it yet.</p>"
        return
    heads = "".join(f"<th>{name}</th>" for name in ("board", "row", "metric", "value", "rank"))
    yield f'<table class="table"><thead><tr>{heads}</tr></thead><tbody>'
    for board, entry in best.values():
        value = entry.values[board.metrics[0]]
        rank = "" if entry.rank is None else "–".join(map(str, dict.fromkeys(entry.rank)))
        texts = (f"{board.dataset} · {board.name}", entry.label or entry.first.title, board.metrics[0])
        number = "" if value is None else f"{value.mean:.3f}"
        yield "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in (*texts, number, rank)) + "</tr>"
    yield "</tbody></table>"
