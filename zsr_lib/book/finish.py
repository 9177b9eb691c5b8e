"""What is done to pages that Sphinx has built, before readers see them."""

import os
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from zsr_lib.book.pictures import Pictures
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
LONGEST = 200
"""Characters of a description that are shown anywhere."""
PICTURE = "_static/overview.png"


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


def make_answerable(page: BeautifulSoup) -> None:
    """Turns each ``quiz`` block, a question above a task list, into radio buttons with a reason for each answer.

    The right answers are the list's ticked ones; what stands below an answer is shown once it is chosen.

    Args:
        page: Changed.
    """
    for number, quiz in enumerate(page.select("div.quiz"), start=1):
        quiz.name = "fieldset"
        quiz.p.name = "legend"
        for item in quiz.select("li"):
            _offer(page, item, f"quiz-{number}")


def _offer(page: BeautifulSoup, item: Tag, group: str) -> None:
    answer, *reasons = item.find_all("p", recursive=False)
    button = item.select_one("input").extract()
    item["class"] = "right" if button.has_attr("checked") else "wrong"
    answer.name = "span"
    label = answer.wrap(page.new_tag("label"))
    label.insert(0, page.new_tag("input", attrs={"type": "radio", "name": group}))
    for reason in reasons:
        reason["class"], reason["role"] = "reason", "status"


def describe(page: BeautifulSoup, path: str, site: str = "") -> None:
    """Adds a description, a title and a picture to the head of `page`.

    Args:
        page: Changed.
        path: Its address inside the site.
        site: Address of the site, if it is known; without it the picture's is relative.
    """
    if page.article is None or page.title is None:
        return
    text = _first_words(page)
    start = f"{site.rstrip('/')}/" if site else "../" * path.count("/")
    facts = {"title": page.title.get_text().strip(), "description": text, "image": start + PICTURE, "type": "article"}
    page.head.append(page.new_tag("meta", attrs={"name": "description", "content": text}))
    for name, content in facts.items():
        page.head.append(page.new_tag("meta", attrs={"property": f"og:{name}", "content": content}))


def _first_words(page: BeautifulSoup) -> str:
    """The first paragraph that says something: a badge does not."""
    paragraphs = (" ".join(each.get_text().split()) for each in page.select("article p"))
    text = next((each for each in paragraphs if len(each) > LONGEST // 4), page.title.get_text().strip())
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " …"
