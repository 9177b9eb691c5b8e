"""Citations that name the same authors and year, told apart by a letter: 2020a, 2020b."""

import re
from collections import defaultdict
from string import ascii_lowercase


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
