"""What a stated number tells under the pointer: how it is compared, what made it and when, from which data."""

import html
import re
from collections.abc import Callable, Mapping, Sequence

from zsr_lib.reporting.claims import slug
from zsr_lib.reporting.executed import Stated
from zsr_lib.reporting.gate import allowed
from zsr_lib.reporting.references import References

STATED = re.compile(r"\{glue:text\}`(?P<key>[a-z0-9-]+)(?::[^`]*)?`")
NOT_PROSE = ("#", "```", ":::")
"""How lines begin in which a number stays as it is: headings, which are repeated elsewhere, and fences."""


def provenance_texts(
    stated: Stated, references: References | None, standing: Callable[[Sequence[str]], str] = lambda runs: ""
) -> dict[str, str]:
    """Key → one line about each number of an executed chapter.

    Args:
        stated: What the chapter states.
        references: What it is compared with.
        standing: Says of stored runs, by their names, when they were made or re-earned.
    """
    where = stated.record["provenance"]
    made = f"executed {where['date']} on {where.get('processor') or where['device']}, {where['threads']} threads"
    code = f"commit {where['code']['commit']}, library {where['code']['library'][:12]}"
    data = ", ".join(f"{name} {checksum[:12]}" for name, checksum in stated.data.items()) or "no data"
    texts = {}
    for key, claim in stated.claims.items():
        known = references.claims.get(key) if references else None
        most = allowed(known) if known else None
        parts = [
            key,
            claim.metric or claim.unit,
            claim.tier + (f", may move by {most:.2g}" if most else ""),
            claim.source,
        ]
        day = f"reference re-earned on {references.provenance.get('date')}" if known and references else "no reference"
        runs = stated.runs.get(key, ())
        stored = ": ".join(filter(None, [_record(runs), standing(runs)])) if runs else ""
        texts[key] = " · ".join(filter(None, [*parts, stored, made, code, data, day]))
    return texts


def _record(runs: Sequence[str]) -> str:
    return f"record {runs[0]}" + (f" and {len(runs) - 1} more" if len(runs) > 1 else "")


def with_provenance(source: str, texts: Mapping[str, str]) -> str:
    """Markdown in which every stated number has its text as a title, which browsers show under the pointer."""
    lines = source.split("\n")
    return "\n".join(
        line if line.lstrip().startswith(NOT_PROSE) else STATED.sub(lambda found: _titled(found, texts), line)
        for line in lines
    )


def _titled(found: re.Match[str], texts: Mapping[str, str]) -> str:
    text = texts.get(found["key"])
    if text is None:
        return found.group()
    # A bar would end a table's cell.
    return _span(found.group(), text)


def with_provenance_in_table(table: str, keys: Sequence[str], texts: Mapping[str, str]) -> str:
    """The Markdown table of `zsr_lib.reporting.claims.claim_table` with the same titles on its numbers.

    Args:
        table: As the cell shows it.
        keys: Of its claims, each ``prefix-row-column``.
        texts: As `provenance_texts` gives them.
    """
    head, rule, *rows = [line.removeprefix("| ").removesuffix(" |").split(" | ") for line in table.split("\n")]
    known = [key for key in keys if key in texts]
    for row in rows:
        for place, name in enumerate(head[1:], start=1):
            own = [key for key in known if key.endswith(f"-{slug(row[0])}-{slug(name)}")]
            if own and row[place:] and row[place].strip():
                row[place] = _span(row[place], texts[min(own, key=len)])
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *rows])


def _span(number: str, text: str) -> str:
    title = html.escape(text).replace("|", "&#124;")
    return f'<span class="zsr-number" title="{title}">{number}</span>'
