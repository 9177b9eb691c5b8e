"""What the build adds to pages: a badge and a run record on each chapter, and the chapter that lists every number."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from zsr_lib.book.check import shown, summary
from zsr_lib.book.hover import provenance_texts, with_provenance
from zsr_lib.book.shown_code import shown_code
from zsr_lib.reporting.bless import TRAINED_MARGIN
from zsr_lib.reporting.claims import Value
from zsr_lib.reporting.executed import Stated
from zsr_lib.reporting.gate import SPREAD, Row
from zsr_lib.reporting.references import References

EVERY_NUMBER = "every_number"
TO_RUN = re.compile(r"To run: [^.*]*\.")
"""What a chapter's author says of its time; a page says what its execution took."""


def annotate(notebook: Path, rows: Sequence[Row], stated: Stated, references: References | None = None) -> None:
    """Adds the gate's badge to an executed notebook, to its numbers where they are from, and its run record."""
    import nbformat

    content = nbformat.read(notebook, as_version=4)
    title = next(cell for cell in content.cells if cell.cell_type == "markdown" and cell.source.startswith("# "))
    heading, _, rest = title.source.partition("\n")
    rest = TO_RUN.sub(f"To run: {spoken(stated.record['seconds'])}.", rest)
    title.source = f"{heading}\n\n{badge(notebook.stem, rows)}\n{rest}"
    texts = provenance_texts(stated, references)
    for cell in content.cells:
        if cell.cell_type == "markdown":
            cell.source = with_provenance(cell.source, texts)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.metadata.tags.append("remove-cell")  # papermill's copy of the cell above it; the run record has it
        elif cell.cell_type == "code":
            cell.source = shown_code(cell.source)
            if not cell.source:
                cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-input"]
    content.cells.append(nbformat.v4.new_markdown_cell(run_record(stated)))
    nbformat.write(content, notebook)


def spoken(seconds: float) -> str:
    """A time as one would say it: ``about 40 seconds``, ``about 3 minutes``."""
    if seconds < 55:
        return f"about {max(10, round(seconds, -1)):.0f} seconds"
    minutes = round(seconds / 60)
    return "about a minute" if minutes <= 1 else f"about {minutes} minutes"


def badge(chapter: str, rows: Sequence[Row]) -> str:
    """A badge that links to the chapter's lines in the last chapter."""
    red = sum(not row.passed for row in rows)
    colour = "danger" if red else "success"
    text = f"{red} of {len(rows)} numbers differ from the reported ones" if red else f"{len(rows)} numbers as reported"
    return f"{{bdg-ref-{colour}}}`{text} <numbers-{slugged(chapter)}>`\n"


def slugged(chapter: str) -> str:
    """A chapter's name as part of a label."""
    return chapter.replace("_", "-")


def run_record(stated: Stated) -> str:
    """The folded section that ends each chapter: what ran, on what, for how long, and what its parts have seen."""
    record, where = stated.record, stated.record["provenance"]
    audits = [f"{part}: {verdict}" for part, verdict in stated.audits.items()]
    lines = {
        "executed": f"{where['date']}, in {record['seconds']} s",
        "parameters": ", ".join(f"{name} = {value}" for name, value in record["parameters"].items()),
        "device": f"{where['device']}, {where['threads']} threads, {where.get('processor') or 'unknown processor'}",
        "code": f"commit {where['code']['commit']}, library {where['code']['library'][:12]}",
        "data": "; ".join(f"{name} {checksum[:12]}" for name, checksum in stated.data.items()) or "none",
        "versions": ", ".join(f"{name} {version}" for name, version in where["versions"].items()),
        "leak audit": "<br>".join(audits) or "no retrieval model is trained on this page",
    }
    body = "\n".join(f"| {name} | {text} |" for name, text in lines.items())
    return f"```{{dropdown}} Run record\n| what | this run |\n|---|---|\n{body}\n```"


def every_number_page(
    rows: Sequence[Row], titles: Mapping[str, str], notes: Mapping[str, str], stored: str = ""
) -> str:
    """The last chapter: one table per chapter, one row per number, pass or fail.

    Args:
        rows: The gate's.
        titles: Chapter → its title.
        notes: Chapter → what `earned_text` says of it.
        stored: What stored runs are worth (`zsr_lib.experiments.earned.standing_of`); empty without any.
    """
    red = [row for row in rows if not row.passed]
    # As HTML: Jupyter Book knows no targets in the middle of a table, and would stop at links to them.
    failed = [f'<a href="#{_label(row)}">{row.chapter.split("_")[0]} {row.key}</a>' for row in red if row.key]
    parts = [
        "# Every number, pass or fail\n",
        "Each result in this book reaches its page through a key. The build compares the value of this execution "
        "with the reference that is kept under version control, and this page is written by that comparison.\n",
        f"**{summary(rows)}.**" + (f" They are: {', '.join(failed)}." if failed else "") + "\n",
        "Tiers: *exact* numbers must be equal; *tight* ones may differ by the tolerance that repeated runs as on "
        "another machine gave; *trained* ones come out of a training on their page and may differ by "
        f"{TRAINED_MARGIN:.0f} times what other processors move them by, or by one pair of ranks that changes places; "
        f"*statistical* ones must lie within {SPREAD} standard deviations of at least five "
        "reference seeds; *published* ones are other people's, and must be what their source prints.\n",
        "How fresh: what a chapter computes was *re-executed* for this page, and its references were *re-earned on* "
        "the day of their last blessing. Tables of long runs read records; such a run is *stored* until `zsr verify` "
        "has made it again." + (f" Of the runs in `reported/runs`: {stored}." if stored else "") + "\n",
    ]
    for chapter, title in titles.items():
        parts += [
            f"(numbers-{slugged(chapter)})=\n## {title}\n",
            notes.get(chapter, ""),
            _table([row for row in rows if row.chapter == chapter]),
        ]
    return "\n".join(parts)


def earned_text(stated: Stated, references: References | None) -> str:
    """When and on what a chapter was executed and its references earned, and how far they moved elsewhere."""
    where = stated.record["provenance"]
    text = f"*Re-executed* on {where['date']} on {where.get('processor') or 'an unknown processor'}"
    if references is None:
        return f"{text}; no references.\n"
    then = references.provenance
    text += f"; references *re-earned on {then.get('date')}* on {then.get('processor') or 'an unknown processor'}.\n"
    return "\n".join(filter(None, [text, moved_elsewhere(references.elsewhere)]))


def moved_elsewhere(processors: Mapping[str, Mapping[str, Value]]) -> str:
    """One sentence: how far a chapter's numbers moved as on other processors when they were blessed."""
    if not processors:
        return ""
    restless = {name: each for name, each in processors.items() if each["moved"]}
    names = ", ".join(processors)
    if not restless:
        return f"As on {names}, no number of this chapter moved when it was blessed.\n"
    worst = max(restless.values(), key=lambda each: float(each["by"]))
    most = max(int(each["moved"]) for each in restless.values())
    return (
        f"As on {names}, up to {most} numbers of this chapter moved when it was blessed; the furthest was "
        f"`{worst['key']}`, by {float(worst['by']):.1g}.\n"
    )


def _label(row: Row) -> str:
    return f"number-{slugged(row.chapter)}-{row.key}"


def _table(rows: Sequence[Row]) -> str:
    lines = ["| key | reference | now | tier | verdict |", "|---|---:|---:|---|---|"]
    for row in rows:
        mark = "✓" if row.passed else "✗"
        anchor = f'<span id="{_label(row)}"></span>' if not row.passed and row.key else ""
        values = f"{shown(row.reference)} | {shown(row.now)}"
        lines.append(f"| {anchor}`{row.key or '—'}` | {values} | {row.tier} | {mark} {row.verdict} |")
    return "\n".join(lines) + "\n"
