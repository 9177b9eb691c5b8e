"""The leaderboard: a board for everything that systems were tested alike on, which a browser can sort and filter."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby

from zsr_lib.book.leaderboard_text import EXPLANATION, INTRODUCTION, anchor
from zsr_lib.book.published_page import SCRIPTS, controls
from zsr_lib.experiments.apart import LEVEL
from zsr_lib.experiments.averages import Value
from zsr_lib.experiments.boards import Board, Entry
from zsr_lib.experiments.credentials import (
    LEAGUES,
    backbone_of,
    code_of,
    parameters_of,
    pretraining_of,
    training_of,
)
from zsr_lib.experiments.earned import Earned, standing_of
from zsr_lib.experiments.table import AUDIT_MARKS, ranking_of
from zsr_lib.reporting.published import Number, Published
from zsr_lib.reporting.published.text import named

LEADERBOARD = "leaderboard"

_PRESET = {"data set": "eoc", "direction": "sketch→photo"}
"""What a browser shows first."""
_WITHOUT_SCRIPTS = "<noscript><style>.board[hidden] { display: block !important; }</style></noscript>\n"
"""Boards that are not shown first are hidden from the start, so that nothing moves; without scripts all are shown."""


def leaderboard_page(
    boards: Sequence[Board], published: Published, earned: Mapping[str, Earned], repository: str = ""
) -> str:
    """The page's MyST text; its tables are HTML, and tables like any other where scripts do not run.

    Args:
        boards: As `zsr_lib.experiments.boards.boards_of` gives them.
        published: Whose footnotes are linked.
        earned: When runs were last made again.
        repository: Address under which records can be read; empty where there is none.
    """
    leagues = "; ".join(f"{number}, {told}" for number, told in LEAGUES.items())
    marks = "\n".join(f"- {mark} {told}" for mark, told in AUDIT_MARKS.values())
    page = _Page(published, earned, repository)
    return "\n".join(
        [
            INTRODUCTION,
            *([controls(), _WITHOUT_SCRIPTS] if boards else []),
            *(line for board in boards for line in page.board(board)),
            EXPLANATION.format(level=100 * LEVEL, leagues=leagues, marks=marks),
            *(SCRIPTS if boards else ["There are no stored runs."]),
            "",
        ]
    )


class _Page:
    """What all boards need."""

    def __init__(self, published: Published, earned: Mapping[str, Earned], repository: str) -> None:
        self.published, self.earned, self.repository = published, earned, repository.rstrip("/")

    def board(self, board: Board) -> Iterator[str]:
        """A section without an empty line, at which the HTML block would end."""
        facets = {"data set": board.dataset, "split": board.name, "direction": board.direction}
        queries, gallery = ("…".join(map(str, dict.fromkeys((each[0], each[-1])))) for each in board.sizes)
        splits = "" if board.splits == (board.name,) else f"{', '.join(board.splits)} · "
        title = " · ".join(facets.values())
        first = all(facets[name] == value for name, value in _PRESET.items())
        yield f'<section class="board"{"" if first else " hidden"}>'
        yield f"<h3>{escape(title)}</h3>"
        yield f"<p>{escape(f'{splits}{board.protocol} · {queries} queries against {gallery}')}</p>"
        yield (
            f'<div class="published" role="region" aria-label="{escape(title)}" tabindex="0" data-what="systems"'
            f" data-preset='{_json(_PRESET)}' data-facets='{_json(facets)}'>"
        )
        yield f'<table class="table sortable asc n-last">{self._heads(board)}<tbody>'
        yield from (_row(self._cells(board, entry)) for entry in board.entries)
        yield from (self._others(board, numbers) for numbers in _by_system(board.numbers))
        yield "</tbody><tfoot>"
        for name, limits in (("chance", board.chance), ("best possible", board.oracle)):
            yield _row(["", name, *(_number(limits[metric]) for metric in board.metrics)])
        yield "</tfoot></table></div></section>\n"

    def _heads(self, board: Board) -> str:
        first, *others = board.metrics
        kinds = {"league": "filter", "backbone": "filter", "pretrained on": "filter", "published": "no-sort"}
        names = ["system", "rank", first, "interval", *others, "published", "league", "backbone", "pretrained on",
                 "trained on", "codes compared by", "parameters", "fit, s", "code", "bytes", "seeds", "standing",
                 "record"]  # fmt: skip
        cells = (f'<th scope="col"{_class(kinds.get(name, ""))}>{escape(name)}</th>' for name in names)
        return f"<thead><tr>{''.join(cells)}</tr></thead>"

    def _cells(self, board: Board, entry: Entry) -> list[str]:
        record, (first, *others) = entry.first, board.metrics
        value, (code, size) = entry.values[first], code_of(entry.first, board.direction)
        seconds = sum(each.seconds["fit"] for each in entry.records) / len(entry.records)
        parameters = parameters_of(record)
        return [
            _system(entry),
            _rank(entry),
            _value(value),
            "" if entry.interval is None else "–".join(f"{bound:.3f}" for bound in entry.interval),
            *(_value(entry.values[metric]) for metric in others),
            self._numbers(entry.numbers),
            escape(str(entry.league)),
            escape(backbone_of(record)),
            escape(pretraining_of(record)),
            escape(training_of(record)),
            escape(ranking_of(record, board.direction)),
            "" if parameters is None else escape(str(parameters)),
            f"{seconds:.1f}" if seconds else "",
            escape(code),
            "" if size is None else escape(str(size)),
            ", ".join(map(str, sorted({each.seed for each in entry.records}))),
            escape(standing_of(list(entry.records), self.earned)),
            self._link(entry),
        ]

    def _others(self, board: Board, numbers: Sequence[Number]) -> str:
        """A system of which there are only other people's numbers."""
        blank = [""] * (2 + len(board.metrics))
        return _row([escape(named(numbers[0])), *blank, self._numbers(numbers)], "others")

    def _numbers(self, numbers: Iterable[Number]) -> str:
        return "; ".join(
            f"{escape(number.metric)} {escape(number.value)}"
            + "".join(f' <a href="published.html#note-{n}">[{n}]</a>' for n in self.published.places(number))
            for number in numbers
        )

    def _link(self, entry: Entry) -> str:
        assert entry.first.folder is not None
        folder, more = escape(entry.first.folder.name), len(entry.records) - 1
        text = folder.rpartition("-")[2] + (f" +{more}" if more else "")
        if not self.repository:
            return text
        where = f"{self.repository}/tree/HEAD/reported/runs/{entry.first.experiment}"
        return f'<a href="{escape(where if more else f"{where}/{folder}/record.json")}">{text}</a>'


def _system(entry: Entry) -> str:
    """The system's name with what sets it apart, and its mark; its registered name links to its card."""
    record, mark = entry.first, AUDIT_MARKS.get(entry.audit, ("",))[0]
    method = record.setting["method"]
    profile = f" [{record.profile}]" if record.profile else ""
    name = escape(f"{entry.label or record.title}{profile}")
    return f'{name} {mark} <a href="systems.html#{escape(anchor(method))}">{escape(record.experiment)}</a>'


def _by_system(numbers: Sequence[Number]) -> list[list[Number]]:
    return [list(group) for _, group in groupby(sorted(numbers, key=named), key=named)]


def _row(cells: Iterable[str], kind: str = "") -> str:
    return f"<tr{_class(kind)}>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _rank(entry: Entry) -> str:
    if entry.rank is None:
        return ""
    # The range is no number, so what it is sorted by stands first.
    return f'<data value="{entry.rank[0]}">{"–".join(map(str, dict.fromkeys(entry.rank)))}</data>'


def _json(values: Mapping[str, str]) -> str:
    return escape(json.dumps(values, ensure_ascii=False))


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _value(value: Value | None) -> str:
    if value is None:
        return ""
    seeds = "" if value.sd_seeds is None else f" ± {value.sd_seeds:.3f}"
    splits = "" if value.sd_splits is None else f" ({value.sd_splits:.3f})"
    return f"{value.mean:.3f}{seeds}{splits}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
