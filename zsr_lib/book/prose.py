"""Finds result-like numbers without a key: typed into prose, printed by a cell, or quoted otherwise than they are."""

import ast
import re
import unicodedata
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

from zsr_lib.reporting.claims import HIDDEN
from zsr_lib.reporting.references import load_references

_COUNT = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)"
_BETTER = r"(?:good|bad|high|low|large|small|fast|slow|well|far|often)"
_MORE = r"(?:more|better|worse|higher|lower)"
_TENS = r"(?:ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:a |one )?hundred)"

RESULT = re.compile(
    r"(?<![\w.§])(?<!\w-)"
    r"(?:\d*\.\d+(?:e[+-]?\d+)?|\d+e[+-]?\d+|\d+(?=(?:\s|\\,)*(?:%|per ?cent\b))|0[,·]\d+|\d+⁄\d+"
    rf"|(?<!interval of )(?:{_TENS}-)?(?:{_TENS}|{_COUNT})(?= per ?cent\b)"
    rf"|{_COUNT} times {_MORE}(?: than)?|(?:two|three|four|hundred|\d+)-?fold"
    rf"|\d+ (?:out )?of (?:the |its |all )*\d+|{_COUNT} in (?:ten|a hundred|\d+)|{_COUNT}[ -](?:third|fifth|tenth)s"
    rf"|(?:twice|half|{_COUNT} times) as {_BETTER} as)"
    r"(?!\w|\.\d)",
    re.IGNORECASE,
)
"""A decimal fraction, a number with a decimal part, a percentage (in words, too), a share (9 of 10) or a ratio
(twice as good as, three times more, threefold).
Other whole numbers are left to the writer: they are chapter numbers, years and class counts more often than results."""

QUOTED = re.compile(
    r"(?P<text>[-+]?\d+(?:\.(?P<digits>\d+))?)(?P<percent> ?%)?<!-- (?P<chapter>\w+)/(?P<key>[a-z0-9-]+) -->"
)
"""A number on a page that nobody builds, such as the README, with the chapter and the key that it is quoted from."""

OTHER_ROLES = re.compile(r"\{(?!glue:text|cite)[\w:-]+\}`([^`]*)`")
"""Their text is read like any other."""

HARMLESS = (
    QUOTED,
    re.compile(r"\{(?:glue:text|cite)\}`[^`]*`"),
    re.compile(r"``[^`]*``|`(?!-?\d*\.?\d+`)[^`]*`"),  # code, unless it is a bare number
    re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.DOTALL),  # mathematics: definitions and worked examples by hand
    re.compile(r"Python \d+\.\d+"),
    re.compile(r"\]\([^)]*\)|https?://\S+"),  # links
)


def typed_numbers(source: Path) -> Iterator[str]:
    """``file:line: number`` for each result-like number in the prose of a MyST text notebook or page.

    Of code cells only captions and alternative texts are read; `printed_numbers` reads what they show. Mathematics is
    left out: definitions, and examples worked by hand.
    """
    for number, line in _prose_lines(source.read_text(encoding="utf-8")):
        yield from (f"{source.name}:{number}: {found}" for found in _results(line))


def claimed_constants(source: Path) -> Iterator[str]:
    """``file: claim`` for each number that a cell of a chapter claims without computing it, as ``claim("ap", 0.9, …)``.

    Or where no page shows how: what a number is computed from must be there to be read. Published numbers are somebody
    else's; whole numbers that are multiplied out are arithmetic.
    """
    for cell in re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```", source.read_text(encoding="utf-8"), re.DOTALL | re.M):
        if re.search(r"^:?tags:.*remove-(?:cell|input)", cell, re.M) and re.search(r"\bclaim(?:_table)?\(", cell):
            yield f"{source.name}: claims in a cell that is taken from the page"
        code = re.sub(r"\A---\n.*?^---$|^[:%!][^\n]*$", "", cell, flags=re.DOTALL | re.M)
        for call in (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "claim" and _is_constant(call):
                yield f"{source.name}: {ast.unparse(call)[:60]} …"


def _is_constant(call: ast.Call) -> bool:
    named = {each.arg: each.value for each in call.keywords}
    value, tier = (named.get(name, next(iter(call.args[at:]), None)) for at, name in ((1, "value"), (2, "tier")))
    nodes = list(ast.walk(value)) if value is not None else []
    leaves = [each.value for each in nodes if isinstance(each, ast.Constant)]
    published = isinstance(tier, ast.Constant) and tier.value == "published"
    if published or not leaves or any(isinstance(each, ast.Name | ast.Call) for each in nodes):
        return False
    return len(leaves) == 1 or any(isinstance(each, float) for each in leaves)


def misquoted_numbers(page: Path, folder: Path) -> Iterator[str]:
    """``file:line: what is wrong`` for each number that `page` quotes otherwise than a chapter's references say it.

    Args:
        page: A Markdown file.
        folder: Of the references of one data source, such as ``reported/generated-quick``.
    """
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        for quote in QUOTED.finditer(line):
            known = load_references(folder / f"{quote['chapter']}.yaml")
            if known is None or quote["key"] not in known.claims:
                yield f"{page.name}:{number}: there is no {quote['chapter']}/{quote['key']}"
                continue
            value = float(known.claims[quote["key"]].claim.value) * (100 if quote["percent"] else 1)
            if quote["text"] != f"{value:.{len(quote['digits'] or '')}f}":
                yield f"{page.name}:{number}: {quote['text']}, but {quote['key']} is {value:.6g}"


def printed_numbers(notebook: Path) -> Iterator[str]:
    """``file, cell N: number`` for each result-like number that an executed cell shows without a key.

    Source listings are left out (they are code), and so are pictures (their axes are not claims).
    """
    import nbformat

    for number, cell in enumerate(nbformat.read(notebook, as_version=4).cells, start=1):
        for output in cell.get("outputs", []):
            found = [result for line in _without_key(output).splitlines() for result in _results(line)]
            keys = output.get("metadata", {}).get("zsr", {}).get("shows", ())
            if len(found) > len(keys):
                yield from (f"{notebook.name}, cell {number}: {result}" for result in found)


def _without_key(output: Mapping) -> str:
    """What a reader sees of an output, or a page may take from it, without what is compared: a claim, names of rows."""
    told, data = output.get("metadata", {}), output.get("data", {})
    if "claim" in told.get("zsr", {}):
        return ""
    glued = data.get(f"{HIDDEN}text/plain", "").strip("'\"")
    if "shows" not in told.get("zsr", {}):
        return f"{glued}\n{_shown(output)}"
    rows = _shown(output).splitlines()
    return "\n".join(row.strip("| ").partition(" | ")[2] if row.startswith("|") else row for row in rows)


def _shown(output: Mapping) -> str:
    """The text of an output that a reader sees."""
    data = output.get("data", {})
    if any(kind.startswith("image/") for kind in data):
        return ""
    text = output.get("text") or data.get("text/markdown") or data.get("text/plain", "")
    page = re.sub(r"<(script|style|svg|template)\b.*?</\1>|<!--.*?-->", "", data.get("text/html", ""), flags=re.DOTALL)
    return re.sub(r"```.*?```", "", f"{text}\n{re.sub('<[^>]*>', ' ', page)}", flags=re.DOTALL)


def _results(line: str) -> Iterator[str]:
    line = OTHER_ROLES.sub(r" \1 ", line)
    for pattern in HARMLESS:
        line = pattern.sub(" ", line)
    line = unicodedata.normalize("NFKC", unescape(re.sub(r"</?[a-zA-Z][^>]*>", "", line)))
    line = "".join(each for each in line if unicodedata.category(each) != "Cf")  # of no width
    return (match.group().strip() for match in RESULT.finditer(line))


def _prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines outside front matter and code; of code cells the YAML between two ``---``."""
    fence, front_matter, about_cell = "", False, False
    for number, line in enumerate(text.splitlines(), start=1):
        opened = re.match(r"\s*(`{3,}|~{3,})\s*(\S*)", line)
        if line.strip() == "---" and (number == 1 or front_matter):
            front_matter = not front_matter
        elif fence and line.strip() == "---":
            about_cell = not about_cell
        elif fence and line.strip().startswith(fence) and not line.strip().strip("`~"):
            fence, about_cell = "", False
        elif not fence and opened and opened[2] in ("{code-cell}", "{math}", "python", "bash", "text", "yaml"):
            fence = opened[1]
        elif (not fence and not front_matter) or about_cell:
            yield number, line
