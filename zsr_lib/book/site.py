"""Puts executed chapters, pages and assets together and runs Jupyter Book, every warning an error."""

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import ascii_lowercase

import yaml

from zsr_lib.book.execute import Executed
from zsr_lib.book.finish import finish
from zsr_lib.book.numbering import renumbered
from zsr_lib.book.project import Project
from zsr_lib.book.vendored import OWN, PACKAGES, installed, vendor
from zsr_lib.errors import ZsrError
from zsr_lib.files import write_text


def stage(project: Project, executed: Sequence[Executed]) -> Path:
    """Lays out what Jupyter Book reads: configuration, pages, executed notebooks, static files.

    Returns:
        The staged folder.
    """
    staged = project.build / "source"
    shutil.rmtree(staged, ignore_errors=True)
    (staged / "notebooks").mkdir(parents=True)
    shutil.copy(project.root / "_toc.yml", staged)
    write_text(staged / "_config.yml", yaml.safe_dump(_configuration(project), sort_keys=False, allow_unicode=True))
    shutil.copytree(
        project.root / "book",
        staged / "book",
        ignore=shutil.ignore_patterns("node_modules", "package*.json", ".npmrc", OWN),
    )
    chapters = [chapter.chapter for chapter in executed]
    for page in (staged / "book").glob("*.md"):
        write_text(page, renumbered(page.read_text(encoding="utf-8"), chapters))
    for bibliography in (staged / "book").glob("*.bib"):
        write_text(bibliography, with_letters(bibliography.read_text(encoding="utf-8")))
    for chapter in executed:
        shutil.copy(chapter.path, staged / "notebooks" / f"{chapter.chapter}.ipynb")
    shutil.copytree(project.root / "book" / "static", staged / "_static")
    return staged


def _configuration(project: Project) -> dict[str, object]:
    """``_config.yml``; with ``ZSR_REPOSITORY`` set to an address, also links there and launch buttons."""
    content = yaml.safe_load((project.root / "_config.yml").read_text(encoding="utf-8"))
    repository = os.environ.get("ZSR_REPOSITORY", "").strip()
    if repository:
        content["repository"] = {"url": repository, "branch": "executed"}
        content["html"]["use_repository_button"] = True
    else:
        content.pop("launch_buttons", None)
    return content


def build_html(project: Project, staged: Path, assets: Mapping[str, Path] | None = None) -> Path:
    """Runs Jupyter Book on the staged folder and swaps the new pages in when they are complete.

    Args:
        project: The checkout.
        staged: What `stage` laid out.
        assets: Name among the static files → folder of what else pages load.

    Returns:
        The folder with ``index.html``.

    Raises:
        ZsrError: An npm package is not installed, or Sphinx warned or failed; the last good pages stay as they were.
    """
    for package in PACKAGES:
        installed(project, package)
    output, pages = project.build / "jupyter-book", project.build / "html"
    shutil.rmtree(output, ignore_errors=True)
    _run_jupyter_book(project, staged, output)
    # After the build: Jupyter Book would load every script that lies in the static folder on every page.
    static = output / "_build" / "html" / "_static"
    vendor(project, static)
    for name, folder in (assets or {}).items():
        shutil.copytree(folder, static / name)
    finish(output / "_build" / "html")
    _swap(output / "_build" / "html", pages)
    shutil.rmtree(output, ignore_errors=True)
    return pages


def _run_jupyter_book(project: Project, staged: Path, output: Path) -> None:
    log = project.build / "logs" / "sphinx.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [Path(sys.executable).with_name("jupyter-book"), "build", staged, "--path-output", output]
    command += ["-W", "-n", "--keep-going", "--all"]
    with log.open("w", encoding="utf-8") as stream:
        done = subprocess.run(command, stdout=stream, stderr=subprocess.STDOUT, cwd=project.root, check=False)
    if done.returncode:
        raise ZsrError(
            f"Jupyter Book stopped:\n{_complaints(log)}",
            f"mend the pages named above; the whole log is {log.relative_to(project.root)}.",
        )


def _complaints(log: Path, most: int = 20) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [line for line in lines if "WARNING" in line or "ERROR" in line]
    return "\n".join(found[:most] or lines[-most:])


def _swap(new: Path, current: Path) -> None:
    old = current.with_name(f"{current.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if current.exists():
        current.rename(old)
    new.rename(current)
    shutil.rmtree(old, ignore_errors=True)


def with_letters(bibliography: str) -> str:
    """BibTeX in which the years of entries that would be cited alike carry letters, in the order of the file.

    >>> with_letters("@book{x, author = {Li, A}, year = {2020}} @book{y, author = {Li, B}, year = {2020}}")
    '@book{x, author = {Li, A}, year = {2020a}} @book{y, author = {Li, B}, year = {2020b}}'
    """
    from pybtex.database import parse_string

    alike = defaultdict(list)
    for key, entry in parse_string(bibliography, "bibtex").entries.items():
        names = [" ".join(person.last_names) for person in entry.persons["author"]]
        alike[(names[0], "et al." if len(names) > 2 else tuple(names[1:]), entry.fields["year"])].append(key)
    for keys in (keys for keys in alike.values() if len(keys) > 1):
        for key, letter in zip(keys, ascii_lowercase, strict=False):
            entry = rf"(@\w+\{{{re.escape(key)},(?:(?!@\w+\{{).)*?\byear\s*=\s*\{{\d+)"
            bibliography = re.sub(entry, rf"\g<1>{letter}", bibliography, count=1, flags=re.DOTALL)
    return bibliography
