import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.browser import Visit, chromium, served
from zsr_lib.book.project import Project

WIDTHS = {"desktop": 1280, "phone": 390}
HEAD = """\
---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# A small chapter

```{code-cell} ipython3
:tags: [parameters]

profile = "quick"
data = "generated"
seed = 0
```
"""


def notebook(*cells):
    """MyST text of a chapter with the given code cells."""
    return HEAD + "".join(f"\n```{{code-cell}} ipython3\n{textwrap.dedent(cell).strip()}\n```\n" for cell in cells)


def make_checkout(root):
    """A checkout with one chapter, `01_small`, that states one number, and a small library of its own."""
    for folder in ("notebooks", "book", "zsr_lib"):
        (root / folder).mkdir()
    # Kernels run in the checkout, where this package comes first; the rest of it is the real one.
    (root / "zsr_lib" / "__init__.py").write_text(
        "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n__version__ = 'small'\n"
    )
    (root / "constraints.txt").write_text("numpy==2\n")
    (root / "_config.yml").write_text("title: small\n")
    (root / "CITATION.cff").write_text("title: small\nauthors:\n- name: somebody\n")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nparts:\n  - caption: One\n    chapters:\n      - file: notebooks/01_small\n"
    )
    cell = "from zsr_lib.reporting.claims import claim\nclaim('two', 1 + 1, 'exact')"
    (root / "notebooks" / "01_small.md").write_text(notebook(cell))
    return Project(root)


@pytest.fixture
def small(tmp_path):
    return make_checkout(tmp_path)


@pytest.fixture(scope="session")
def built():
    """The book as `make book` left it, or built now if anything has changed since, served on this machine."""
    chromium()
    project = Project.find(Path(__file__).parent)
    zsr = Path(sys.executable).with_name("zsr")
    done = subprocess.run(
        [zsr, "book", "build", "--wait", "900"], cwd=project.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with served(project.build / "html") as address:
        yield address


@pytest.fixture
def visit_page(built, chrome):
    opened = []

    def open_page(path, width=WIDTHS["desktop"]):
        opened.append(Visit(chrome, built, path, width, until="load"))
        return opened[-1]

    yield open_page
    for one in opened:
        one.page.close()
