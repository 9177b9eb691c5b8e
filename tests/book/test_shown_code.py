import ast
import subprocess
import sys

import jupytext
import pytest

from zsr_lib.book.project import Project
from zsr_lib.book.shown_code import SILENT, TABLE, needs_no_code, shown_cells, shown_code

PROJECT = Project.find()


def test_what_is_only_stated_is_not_shown():
    source = 'x = 1\nclaim(\n    "x", x, tier="exact"\n)\nuses(data.name, data.checksum)\nprint(x)'
    assert shown_code(source) == "x = 1\nprint(x)"
    assert shown_code('claim("x", 1, tier="exact")') == ""


def test_what_a_call_shows_stays_in_plain_words():
    assert shown_code('claim("x", f(\n    2\n), tier="exact", show=".2f")') == 'print("x", round(f( 2 ), 2))'
    assert shown_code('claim("x", n, tier="exact", show="d")') == 'print("x", n)'
    assert shown_code('claim("x", n, tier="exact", show="d", label=f"{n} x")') == 'print(f"{n} x", n)'
    assert shown_code('claim_table("p", rows, tier="tight", better="higher")') == "show_table(rows)"
    assert shown_code('claim_table("p", rows, tier="tight", formats=".2f")') == 'show_table(rows, formats=".2f")'


def test_a_long_line_is_broken():
    shown = shown_code(f'claim("x", {" + ".join(["something"] * 12)}, tier="exact", show="d")')
    assert shown.splitlines() == ["print(", '    "x",', f"    {' + '.join(['something'] * 12)},", ")"]


def test_a_loop_goes_with_the_only_thing_that_it_does():
    assert shown_code('a = 1\nfor k, v in d.items():\n    claim(k, v, tier="exact")\n') == "a = 1"
    assert shown_code("for k in d:\n    for v in k:\n        claim(k, v)\nx = 1") == "x = 1"
    assert shown_code('for k in d:\n    y = k\n    claim(k, y, tier="exact")') == "for k in d:\n    y = k"
    assert shown_code('def f(rows):\n    claim_table("p", rows, "tight")') == "def f(rows):\n    show_table(rows)"


def test_its_import_names_what_is_left():
    module = "zsr_lib.reporting.claims"
    assert shown_code(f"from {module} import claim, claim_table, uses") == f"from {module} import show_table"
    assert shown_code(f"import numpy\nfrom {module} import claim, uses") == "import numpy"
    assert shown_code(f"from {module} import claim, slug") == f"from {module} import slug"
    assert shown_cells([f"from {module} import claim, slug", "claim(slug('a b'), 1)\nclaim('c', 2)"]) == ["", ""]
    shown = shown_cells([f"from {module} import claim, slug", "claim('c', slug('a b'), show='d')"])
    assert shown == [f"from {module} import slug", "print('c', slug('a b'))"]


def test_imports_and_functions_that_served_only_bookkeeping_go_with_it():
    assert shown_cells(["import numpy as np\nfrom a import b, c\nclaim('x', b(np.e))\nc()"]) == ["from a import c\nc()"]
    hollow = 'def told(key, found):\n    """States it."""\n    low, high = found.ends\n    claim(key, high - low)'
    assert shown_cells([hollow, "told('x', y)\nfor z in y:\n    told('z', z)"]) == ["", ""]
    assert shown_cells([f"{hollow}\n    return high", "told('x', y)"])[1] == "told('x', y)"


def test_names_that_only_bookkeeping_reads_go_with_it():
    cells = ['unit = "AP"\nclaim("x", 1, unit=unit)', "y = [2]\nz = max(y)\nclaim('z', z)\nprint(y)"]
    assert shown_cells(cells) == ["", "y = [2]\nprint(y)"]
    assert shown_cells(["for k in d:\n    v = d[k]\n    claim(k, v)"]) == [""]


def test_what_a_page_is_about_stays_although_only_a_claim_reads_it():
    cells = ["found = trained(1)\nclaim('x', found)", "_ = fig.axes[0]\nunread = 2"]
    assert shown_cells(cells) == ["found = trained(1)", "_ = fig.axes[0]\nunread = 2"]


def test_a_cell_that_only_shows_the_library_s_source_needs_no_fold():
    cells = [
        "from zsr_lib.a import f\nshow_source(f)",
        "from zsr_lib.b import g\nshow_source(g)",
        "g(1)",
        "show_source(f)",
    ]
    assert shown_cells(cells) == cells
    assert [needs_no_code(place, cells) for place in range(4)] == [False, False, False, True]
    assert needs_no_code(0, ["", "f(1)"])


@pytest.mark.parametrize("source", ["# only words\nx = 1", "%pip install x\nclaim(1)", ""])
def test_other_code_stays_as_it_is(source):
    assert shown_code(source) == source


@pytest.mark.parametrize("chapter", PROJECT.chapters())
def test_the_code_that_a_chapter_shows_is_valid_and_free_of_bookkeeping(chapter):
    cells = [cell for cell in jupytext.read(PROJECT.source(chapter), fmt="md:myst").cells if cell.cell_type == "code"]
    code = "\n".join(shown_cells([cell.source for cell in cells]))
    called = {node.func.id for node in ast.walk(ast.parse(code)) if isinstance(getattr(node, "func", None), ast.Name)}
    assert called.isdisjoint({*SILENT, TABLE, "by_sign"})
    assert called & {"show_table"} <= {name for name in called if "import show_table" in code}
    undefined = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", "--output-format", "concise", "-"],
        input=code,
        capture_output=True,
        text=True,
        check=False,
    )
    assert undefined.returncode == 0, undefined.stdout
