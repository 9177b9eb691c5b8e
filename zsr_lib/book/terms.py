"""The glossary's terms on other pages: the first use on each links there and shows the meaning under the pointer."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from bs4 import BeautifulSoup, NavigableString, Tag

GLOSSARY = "book/glossary.html"
PLACES = ".promise p, article section > p, article section > ul li, article section > ol li"
"""Where words are read one after the other."""
NOT_WORDS = ("a", "code", "pre", "span.math", "div.math", "h1", "h2", "h3", "button", "script", "cite")
LONGEST = 300


class Term(NamedTuple):
    """An entry of the glossary: where it stands on its page, and what it means."""

    anchor: str
    meaning: str


def terms_of(glossary: BeautifulSoup) -> dict[str, Term]:
    """Term → its entry, of the glossary's page."""
    found = {}
    for head in glossary.select("dl.glossary dt[id]"):
        text = " ".join(head.find_next_sibling("dd").get_text().split())
        short = text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " …"
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
