"""Finds result-like numbers that were typed into a chapter's prose instead of stated through a key."""

import re
from collections.abc import Iterator
from pathlib import Path

RESULT = re.compile(r"(?<![\w.§-])(?:0?\.\d{2,}|\d+\.\d+\s*(?:%|±|s\b|ms\b)?|\d+(?:\.\d+)?\s*%)(?!\w|\.\d)")
"""A decimal fraction, a number with a decimal part, or a percentage. Whole numbers are left to the writer: they are
chapter numbers, years and class counts more often than results."""

HARMLESS = (
    re.compile(r"\{[\w:]+\}`[^`]*`"),  # roles, glue among them
    re.compile(r"``[^`]*``|`[^`]*`"),  # code
    re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.DOTALL),  # mathematics: definitions and worked examples by hand
    re.compile(r"\]\([^)]*\)|<[^>]*>|https?://\S+"),  # links
)


def typed_numbers(source: Path) -> Iterator[str]:
    """``file:line: number`` for each result-like number in the prose of a MyST text notebook.

    Code cells are left out: what they print is executed.
    """
    for number, line in _prose_lines(source.read_text(encoding="utf-8")):
        for pattern in HARMLESS:
            line = pattern.sub(" ", line)
        for match in RESULT.finditer(line):
            yield f"{source.name}:{number}: {match.group().strip()}"


def _prose_lines(text: str) -> Iterator[tuple[int, str]]:
    fence, front_matter = "", False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() == "---" and (number == 1 or front_matter):
            front_matter = not front_matter
            continue
        opened = re.match(r"\s*(`{3,}|~{3,})\s*(\S*)", line)
        if fence and line.strip().startswith(fence) and not line.strip().strip("`~"):
            fence = ""
        elif not fence and opened and opened[2] in ("{code-cell}", "{math}", "python", "bash", "text", "yaml"):
            fence = opened[1]
        elif not fence and not front_matter:
            yield number, line
