"""What is done to pages that Sphinx has built, before readers see them."""

import os
from pathlib import Path

from bs4 import BeautifulSoup

from zsr_lib.book.page_head import describe
from zsr_lib.book.pictures import Pictures
from zsr_lib.book.quiz import make_answerable
from zsr_lib.book.terms import GLOSSARY, link_terms, terms_of

ICONS = "scripts/fontawesome.js"
"""Draws icons that the style sheet has drawn already, from a font a tenth as heavy."""
SEARCH = ("searchtools.js", "language_data.js", "searchindex.js")
"""For a search while one types, which this book does not have; the page of the search loads them by itself."""
THEME = 'localStorage.getItem("theme") || "auto"'
THEME_NOW = 'localStorage.getItem("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")'
"""What the theme asks first, and what it asks later: until then a page has no colours, and no borders."""
FORMULAS = "katex"
"""Style sheets that only pages with formulas need."""


def finish(folder: Path) -> None:
    """Makes pages light and their questions answerable, tells what they are about, and links their terms.

    Args:
        folder: The built site.
    """
    site, pictures = os.environ.get("ZSR_SITE", "").strip(), Pictures()
    terms = terms_of(_read(folder / GLOSSARY)) if (folder / GLOSSARY).is_file() else {}
    for file in sorted(folder.rglob("*.html")):
        page, path = _read(file), file.relative_to(folder).as_posix()
        _forget_unused(page, path)
        _choose_theme(page)
        make_answerable(page)
        pictures.lighten(page, file.parent)
        describe(page, path, site)
        if terms and path != GLOSSARY:
            link_terms(page, terms, "../" * path.count("/"))
        file.write_text(str(page), encoding="utf-8")
    pictures.forget_originals(folder / "_images")


def _choose_theme(page: BeautifulSoup) -> None:
    """Gives a page its colours at once, and without scripts those of the light theme."""
    for root in page.select("html"):
        root["data-theme"] = "light"
    for script in page.select("head script:not([src])"):
        script.string = script.get_text().replace(THEME, THEME_NOW)


def _forget_unused(page: BeautifulSoup, path: str) -> None:
    """Takes out scripts and style sheets that the theme puts on every page."""
    unused = [ICONS, *(SEARCH if path != "search.html" else ()), *(() if page.select(".math") else (FORMULAS,))]
    for name in unused:
        for tag in page.select(f'script[src*="{name}"], link[href*="{name}"]'):
            tag.decompose()


def _read(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
