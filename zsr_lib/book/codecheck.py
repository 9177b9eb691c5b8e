"""``codecheck.yml``: what somebody else has to make again to check this book, in CODECHECK's format.

The format is https://codecheck.org.uk/spec/config/1.0/. What the person who checks adds (name, time, certificate) is
left to them.
"""

from collections.abc import Iterator

import yaml

from zsr_lib.book.project import Project
from zsr_lib.files import write_text

FILE = "codecheck.yml"
VERSION = "https://codecheck.org.uk/spec/config/1.0/"


def codecheck(project: Project) -> str:
    """The manifest's text: every file of references, every experiment with stored runs, and how to make them again."""
    about = yaml.safe_load((project.root / "CITATION.cff").read_text(encoding="utf-8"))
    content = {
        "version": VERSION,
        "paper": {"title": about["title"], "authors": [{"name": each["name"]} for each in about["authors"]]},
        "manifest": [*_references(project), *_runs(project)],
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    return f"---\n# Written by zsr book bless.\n{text}"


def write_codecheck(project: Project) -> None:
    """Writes `codecheck` to the root of the checkout."""
    write_text(project.root / FILE, codecheck(project))


def _references(project: Project) -> Iterator[dict[str, str]]:
    for path in sorted((project.root / "reported").glob("*-*/*.yaml")):
        data, _, profile = path.parent.name.partition("-")
        how = f"zsr book build --only {path.stem} --profile {profile}"
        how += "" if data == "generated" else ", with ZSR_DATA"
        yield {
            "file": path.relative_to(project.root).as_posix(),
            "comment": f"every number of chapter {path.stem} on {data} data; {how}, then zsr book check",
        }


def _runs(project: Project) -> Iterator[dict[str, str]]:
    for path in sorted((project.root / "reported" / "runs").glob("*")):
        if any(path.glob("*/record.json")):
            comment = f"records of the runs of experiment {path.name}; zsr verify {path.name}"
            yield {"file": path.relative_to(project.root).as_posix(), "comment": comment}
