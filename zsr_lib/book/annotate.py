"""What the build adds to a chapter: its badge, its run record, and under each number where it is from."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from zsr_lib.book.every_number import slugged
from zsr_lib.book.hover import provenance_texts, with_provenance, with_provenance_in_table
from zsr_lib.book.numbering import renumbered, with_labels
from zsr_lib.book.shown_code import needs_no_code, shown_cells
from zsr_lib.reporting.claims import HIDDEN
from zsr_lib.reporting.executed import Stated, Value
from zsr_lib.reporting.gate import Row
from zsr_lib.reporting.references import References

MARKDOWN, PLAIN = "text/markdown", "text/plain"
TO_RUN = re.compile(r"To run: [^.*]*\.")
"""What a chapter's author says of its time; a page says what its execution took."""


def annotate(
    notebook: Path,
    rows: Sequence[Row],
    stated: Stated,
    references: References | None = None,
    chapters: Sequence[str] = (),
    standing: Callable[[Sequence[str]], str] = lambda runs: "",
) -> None:
    """Adds the gate's badge to an executed notebook, to its numbers where they are from, and its run record.

    Args:
        notebook: Changed.
        rows: The gate's, of this chapter.
        stated: What the chapter states.
        references: What it is compared with.
        chapters: All names, in the order of the contents, which prose calls them by.
        standing: As `zsr_lib.book.hover.provenance_texts` takes it.
    """
    import nbformat

    content = nbformat.read(notebook, as_version=4)
    title = next(cell for cell in content.cells if cell.cell_type == "markdown" and cell.source.startswith("# "))
    heading, _, rest = title.source.partition("\n")
    rest = TO_RUN.sub(f"To run: {spoken(stated.record['seconds'])}.", rest)
    title.source = f"{heading}\n\n{badge(notebook.stem, rows)}\n{launch(notebook.stem)}\n{rest}"
    texts = provenance_texts(stated, references, standing)
    labels = (f"equation-{slugged(notebook.stem)}-{number}" for number in count(1))
    for cell in content.cells:
        if cell.cell_type == "markdown":
            source = with_labels(renumbered(cell.source, chapters), labels)
            cell.source = with_provenance(source, texts)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.metadata.tags.append("remove-cell")  # papermill's copy of the cell above it; the run record has it
    code = [cell for cell in content.cells if cell.cell_type == "code"]
    shown = shown_cells([cell.source for cell in code])
    for place, cell in enumerate(code):
        cell.source = shown[place]
        _explain_tables(cell, texts)
        _join_lines(cell)
        if needs_no_code(place, shown):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-input"]
    content.cells.append(nbformat.v4.new_markdown_cell(run_record(stated)))
    nbformat.write(content, notebook)


def _explain_tables(cell: Any, texts: Mapping[str, str]) -> None:
    for output in cell.get("outputs", []):
        keys, table = output.get("metadata", {}).get("zsr", {}).get("shows"), output.get("data", {}).get(MARKDOWN)
        if keys and table:
            output["data"][MARKDOWN] = with_provenance_in_table(table, keys, texts)


def _join_lines(cell: Any) -> None:
    """Makes one block of the lines that a cell's claims print; each would stand in a box of its own."""
    first = None
    for output in list(cell.get("outputs", [])):
        text = output.get("data", {}).get(PLAIN)
        if text is None or MARKDOWN in output["data"] or "shows" not in output["metadata"].get("zsr", {}):
            first = first if HIDDEN in str(output.get("data", {})) else None
        elif first is None:
            first = output
        else:
            first["data"][PLAIN] += "\n" + text
            cell.outputs.remove(output)


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


def launch(chapter: str) -> str:
    """How to get the chapter as a notebook: to download, and where it would open in the browser."""
    text = f'<a href="../_sources/notebooks/{chapter}.ipynb" download>Download the executed notebook</a>'
    published = "the rocket above opens it in Colab or on Binder"
    here = "on the published site, buttons above open it in Colab and on Binder"
    return f'<p class="zsr-launch">{text}; {published if os.environ.get("ZSR_REPOSITORY", "").strip() else here}.</p>\n'


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
