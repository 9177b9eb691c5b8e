"""What is done to pages that Sphinx has built, before readers see them."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup, NavigableString, Tag

from zsr_lib.book.pictures import Pictures

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
GLOSSARY = "book/glossary.html"
PLACES = ".promise p, article section > p, article section > ul li, article section > ol li"
"""Where words are read one after the other."""
NOT_WORDS = ("a", "code", "pre", "span.math", "div.math", "h1", "h2", "h3", "button", "script", "cite")
LONGEST_MEANING = 300


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
    return _shortened(text, LONGEST)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rpartition(" ")[0] + " …"


class Term(NamedTuple):
    """An entry of the glossary: where it stands on its page, and what it means."""

    anchor: str
    meaning: str


def terms_of(glossary: BeautifulSoup) -> dict[str, Term]:
    """Term → its entry, of the glossary's page."""
    found = {}
    for head in glossary.select("dl.glossary dt[id]"):
        text = " ".join(head.find_next_sibling("dd").get_text().split())
        short = _shortened(text, LONGEST_MEANING)
        found["".join(head.find_all(string=True, recursive=False)).strip()] = Term(head["id"], short)
    return found


def link_terms(page: BeautifulSoup, terms: Mapping[str, Term], start: str) -> None:
    """Links the first use of each term in prose, and says the meaning where a term is linked already.

    Args:
        page: Changed.
        terms: As `terms_of` gives them.
        start: What leads from the page to the site's root, such as ``../``.
    """
    meanings = {each.anchor: each.meaning for each in terms.values()}
    for link in page.select('article a[href*="glossary.html#term-"]'):
        link["title"] = meanings.get(str(link["href"]).partition("#")[2], "")
    waiting = dict(terms)
    for code in page.select(", ".join(f"{place} code" for place in PLACES.split(", "))):
        if code.get_text() in waiting and code.find_parent("a") is None:
            code.wrap(_link(page, waiting.pop(code.get_text()), start))
    no_words = {id(tag) for tag in page.select(", ".join(NOT_WORDS))}
    for text in [text for place in page.select(PLACES) for text in place.find_all(string=True)]:
        if waiting and type(text) is NavigableString and no_words.isdisjoint(map(id, text.parents)):
            _link_in(page, text, waiting, start)


def _link_in(page: BeautifulSoup, text: NavigableString, waiting: dict[str, Term], start: str) -> None:
    names = "|".join(_spelled(each) for each in sorted(waiting, key=len, reverse=True))
    found = re.search(rf"(?<![\w@-])(?:{names})(?![\w@-])", text)
    if found is None:
        return
    word = found.group()
    link = _link(page, waiting.pop(word if word in waiting else word.lower()), start)
    link.string = found.group()
    rest = NavigableString(text[found.end() :])
    text.replace_with(text[: found.start()], link, rest)
    if waiting:
        _link_in(page, rest, waiting, start)


def _spelled(name: str) -> str:
    """A pattern for the word, also where it begins a sentence; an mAP is no map."""
    return f"[{name[0]}{name[0].upper()}]{re.escape(name[1:])}" if name.islower() else re.escape(name)


def _link(page: BeautifulSoup, term: Term, start: str) -> Tag:
    attributes = {"class": "zsr-term", "href": f"{start}{GLOSSARY}#{term.anchor}", "title": term.meaning}
    return page.new_tag("a", attrs=attributes)
