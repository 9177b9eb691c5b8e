"""A page shows the method, not the bookkeeping: calls that hand numbers to the gate are left out of the code it shows.

They stay where they matter, in the text notebook and in the executed one. What a call shows to the reader stays, as
what a reader would write for it: `claim_table` as `show_table`, a `claim` that shows its value as ``print``.
"""

import ast
import builtins
import re
from collections.abc import Sequence

BOOKKEEPING = ("zsr_lib.reporting.claims", "zsr_lib.reporting.wording")
SILENT = ("audited", "claim", "queries_asked", "uses", "word")
TABLE = "claim_table"
LONGEST_LINE = 88
SOURCE = "show_source"
PLAIN = {"by_sign", *dir(builtins)} - {"input", "open", "print"}
"""Functions whose result alone matters; others may be what a page is about."""


def shown_cells(sources: Sequence[str]) -> list[str]:
    """The code of a chapter's cells as its page shows them; '' for a cell of which nothing is left.

    Names that only bookkeeping reads go with it.

    Args:
        sources: Every cell's Python code, in order.
    """
    shown, read = [shown_code(each) for each in sources], _read("\n".join(map(_python, sources)))
    while True:
        code = "\n".join(map(_python, shown))
        idle = read - _read(code)
        body = ast.parse(code).body
        idle |= {each.name for each in body if isinstance(each, ast.FunctionDef) and _is_idle(each, idle)}
        fewer = [_without(each, idle) for each in shown]
        if fewer == shown:
            return shown
        shown = fewer


def shown_code(source: str) -> str:
    """The code of a cell as its page shows it; '' where nothing is left.

    Args:
        source: A cell's Python code. With a line for IPython alone (``%…``, ``!…``) it is returned as it is.
    """
    body = ast.parse(_python(source)).body
    return _edited(source, [edit for statement in body for edit in _edits(statement, source)])


def _edited(source: str, edits: Sequence[tuple[int, int, list[str]]]) -> str:
    if not edits:
        return source
    lines = source.splitlines()
    for first, last, text in sorted(edits, reverse=True):
        lines[first - 1 : last] = text
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip("\n")


def _python(source: str) -> str:
    """A cell's code, or nothing where it is IPython's."""
    try:
        ast.parse(source)
    except SyntaxError:
        return ""
    return source


def _read(source: str) -> set[str]:
    """Names whose values the code uses."""
    names = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Load)}


def _without(source: str, idle: set[str]) -> str:
    """The code without what serves names that nothing reads: imports, assignments, loops of such, hollow functions."""
    edits: list[tuple[int, int, list[str]]] = []
    for each in ast.parse(_python(source)).body:
        names = each.names if isinstance(each, ast.ImportFrom) else []
        kept = [name for name in names if _bound(name) not in idle]
        if _is_idle(each, idle) or len(kept) < len(names):
            text = _import(each.module or "", kept) if kept else []
            edits.append((each.lineno, each.end_lineno or each.lineno, text))
    return _edited(source, edits)


def _is_idle(statement: ast.AST, idle: set[str]) -> bool:
    """Whether a statement only serves `idle` names: those that nothing reads, and functions that do nothing."""
    match statement:
        case ast.For(orelse=[], body=body):
            return all(_is_idle(each, idle) for each in body)
        case ast.FunctionDef(body=[first, *rest]):
            return all(_is_idle(each, idle) for each in rest + [first] * (ast.get_docstring(statement) is None))
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return all(_bound(each) in idle for each in names)
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in idle
        case ast.Assign(value=value) | ast.AugAssign(value=value):
            targets = getattr(statement, "targets", None) or [statement.target]
            names = [name for each in targets for name in getattr(each, "elts", [each])]
            plain = all(_is_plain(node) for node in ast.walk(value) if isinstance(node, ast.Call))
            return plain and all(isinstance(each, ast.Name) and each.id in idle for each in names)
    return False


def _bound(name: ast.alias) -> str:
    return (name.asname or name.name).split(".")[0]


def _import(module: str, names: Sequence[ast.alias]) -> list[str]:
    """The lines of an import."""
    texts = [ast.unparse(each) for each in names]
    return _fitting(f"from {module} import {', '.join(texts)}", f"from {module} import ", texts)


def _is_plain(call: ast.Call) -> bool:
    return _name(call) in PLAIN or getattr(getattr(call.func, "value", None), "id", "") == "np"


def needs_no_code(place: int, cells: Sequence[str]) -> bool:
    """Whether a page shows all of a cell by its output: what only shows the library's source, and what is empty.

    Args:
        place: Of the cell among `cells`.
        cells: As `shown_cells` gives them; what they use of the cell must be read.
    """
    if not cells[place]:
        return True
    body = ast.parse(_python(cells[place])).body
    imports = [each for each in body if isinstance(each, ast.ImportFrom)]
    shows = [each for each in body if isinstance(each, ast.Expr) and SOURCE in _read(ast.unparse(each))]
    if not shows or len(imports) + len(shows) < len(body):
        return False
    names = {_bound(name) for each in imports for name in each.names}
    return not names & _read("\n".join(map(_python, (*cells[:place], *cells[place + 1 :]))))


def _edits(statement: ast.stmt, source: str) -> list[tuple[int, int, list[str]]]:
    """(first line, last line, lines instead) for every place in `statement` that the page shows differently."""
    place = statement.lineno, statement.end_lineno
    if isinstance(statement, ast.ImportFrom) and statement.module in BOOKKEEPING:
        names = (each.name for each in statement.names if each.name not in SILENT)
        kept = [ast.alias("show_table" if each == TABLE else each) for each in names]
        return [(*place, _import(statement.module or "", kept) if kept else [])]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        instead = _instead(statement.value, source)
        indented = None if instead is None else [" " * statement.col_offset + line for line in instead]
        return [] if indented is None else [(*place, indented)]
    if _silent(statement):
        return [(*place, [])]
    return [edit for each in _inner(statement) for edit in _edits(each, source)]


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _inner(statement: ast.stmt) -> list[ast.stmt]:
    return [e for part in ("body", "orelse") for e in getattr(statement, part, []) if isinstance(e, ast.stmt)]


def _silent(statement: ast.stmt) -> bool:
    """Whether a statement does nothing but hand numbers to the gate, and shows none."""
    if isinstance(statement, ast.For | ast.If):
        return all(_silent(each) for each in _inner(statement))
    call = getattr(statement, "value", None)
    return isinstance(call, ast.Call) and _name(call) in SILENT and not _shows(call)


def _shows(call: ast.Call) -> str:
    """The format in which a claim shows its value; '' where it shows nothing."""
    return next((each.value.value for each in call.keywords if each.arg == "show"), "")


def _instead(call: ast.Call, source: str) -> list[str] | None:
    """The lines that a page shows for a call; None where it shows the call itself."""
    told, shows = {each.arg: each.value for each in call.keywords}, _shows(call)
    if _name(call) == TABLE:
        formats = [f"formats={_text(told['formats'], source)}"] if "formats" in told else []
        return _call("show_table", [_text(call.args[1], source), *formats])
    if _name(call) not in SILENT or not shows:
        return [] if _name(call) in SILENT else None
    label, value = (_text(each, source) for each in (told.get("label", call.args[0]), call.args[1]))
    digits = re.fullmatch(r"[+]?\.(\d+)f", shows)
    return _call("print", [label, f"round({value}, {digits[1]})" if digits else value])


def _text(node: ast.expr, source: str) -> str:
    """A part of the source on one line."""
    return " ".join(line.strip() for line in ast.get_source_segment(source, node).splitlines())


def _call(name: str, arguments: list[str]) -> list[str]:
    return _fitting(f"{name}({', '.join(arguments)})", name, arguments)


def _fitting(line: str, head: str, parts: list[str]) -> list[str]:
    """The line, or where it is too long, its parts on lines of their own."""
    return [line] if len(line) <= LONGEST_LINE else [f"{head}(", *(f"    {each}," for each in parts), ")"]
