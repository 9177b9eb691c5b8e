"""``zsr data``: list, describe, prepare and show data sets."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from zsr_lib.data.datasets import dataset_info, dataset_names, load_dataset
from zsr_lib.data.locate import adopted
from zsr_lib.data.names import match_class
from zsr_lib.data.registry import DatasetInfo, Survey, get_source
from zsr_lib.errors import BadInputError, DataNotFoundError
from zsr_lib.files import atomic_path
from zsr_lib.settings import data_root

# The \b keeps click from wrapping what follows.
_DATA_EXAMPLES = """\b
For example:
  zsr data list
  zsr data show generated --out sheet.png
  zsr data prepare ucmerced --from UCMerced_LandUse.zip"""
_PREPARE_EXAMPLES = """\b
For example:
  zsr data prepare ucmerced                              download it
  zsr data prepare ucmerced --from UCMerced_LandUse.zip  the zip is already here
  zsr data prepare eoc --from my_sketches                one folder a class"""
_SHOW_EXAMPLES = """\b
For example:
  zsr data show generated --out sheet.png --classes airplane,harbor"""


def _data_option(command: Callable) -> Callable:
    return click.option("--data", "root", metavar="DIR", help="Folder with real data; ZSR_DATA when left out.")(command)


class _InOrder(click.Group):
    """Lists its commands in the order in which one needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, epilog=_DATA_EXAMPLES)
def data() -> None:
    """List, prepare and look at data sets."""


@data.command("list")
@_data_option
def list_(root: str | None) -> None:
    """Names all data sets and says which are on this machine."""
    base = data_root(root)
    for name in dataset_names():
        info = dataset_info(name)
        counts = " + ".join(f"{count} {modality}" for modality, count in info.expected.items())
        click.echo(f"{name:<19}{_state(name, base):<10}{info.title}: {len(info.classes)} classes, {counts}")
    click.echo("\nCounts are those of the complete sets; 'zsr data info NAME' counts what is here.")
    click.echo("'zsr data prepare NAME' gets what is missing. folder:DIR is your own, DIR/photo/<class>/ and so on.")


def _state(name: str, root: Path | None) -> str:
    try:
        get_source(name).find(root)
    except DataNotFoundError:
        return "missing"
    return "here"


@data.command(short_help="Counts, checksum, terms, and where NAME was found.")
@click.argument("name")
@_data_option
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def info(name: str, root: str | None, as_json: bool) -> None:
    """Counts per class and modality, checksum, terms, and where NAME was found."""
    known, missing = dataset_info(name), ""
    try:
        survey = get_source(name).survey(data_root(root), progress=not as_json)
    except DataNotFoundError as error:
        survey, missing = None, str(error)
    if as_json:
        facts = _facts(known, survey) | {"missing": missing}
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(known, survey)) + ("\n\n" + missing if missing else ""))


def _facts(known: DatasetInfo, survey: Survey | None) -> dict[str, Any]:
    facts = {
        "name": known.name,
        "title": known.title,
        "classes": list(known.classes),
        "expected": dict(known.expected),
        "terms": known.terms,
        "citation": known.citation,
        "page": known.page,
        "login": known.login,
        "archive": asdict(known.archive) if known.archive else None,
        "here": survey is not None,
    }
    if survey is None:
        return facts
    counts = {name: dict(zip(known.classes, each, strict=True)) for name, each in survey.counts.items()}
    found = {name: str(path) for name, path in survey.found.items()}
    return facts | {"found": found, "counts": counts, "checksum": survey.checksum, "notes": list(survey.notes)}


def _lines(known: DatasetInfo, survey: Survey | None) -> list[str]:
    lines = [known.title, f"  terms     {known.terms}", f"  cite      {known.citation}", f"  page      {known.page}"]
    if survey is None:
        return lines
    lines += [f"  {modality:<9} {path}" for modality, path in survey.found.items()]
    lines += [f"  checksum  {survey.checksum}"] + [f"  note      {note}" for note in survey.notes]
    width = max(map(len, known.classes))
    lines += ["", f"  {'':<{width}}" + "".join(f"{name:>10}" for name in survey.counts)]
    for row in zip(known.classes, *survey.counts.values(), strict=True):
        lines.append(f"  {row[0]:<{width}}" + "".join(f"{count:>10}" for count in row[1:]))
    totals = "".join(f"{sum(each):>10}" for each in survey.counts.values())
    return [*lines, f"  {'all':<{width}}{totals}"]


@data.command(short_help="Finds, unpacks or downloads NAME and decodes it.", epilog=_PREPARE_EXAMPLES)
@click.argument("name")
@_data_option
@click.option("--from", "path", metavar="PATH", help="Folder or zip that holds the data set.")
@click.option("--size", default=64, show_default=True, help="Side of the decoded images in pixels.")
@click.option("--skip-bad", is_flag=True, help="Leave out files that cannot be decoded.")
def prepare(name: str, root: str | None, path: str | None, size: int, skip_bad: bool) -> None:
    """Finds, unpacks or downloads NAME and decodes it into the store. The data root is only read."""
    if path == "":
        raise BadInputError("--from names nothing.", "name a folder or zip, or leave out --from to download.")
    if skip_bad and name == "generated":
        raise BadInputError("the generated data set has no files that could be bad.", "leave out --skip-bad.")
    source, base = get_source(name), data_root(root)
    source.obtain(Path(path) if path else None, base, progress=True)
    dataset = load_dataset(name, size, base, **({"skip_bad": True} if skip_bad else {}))
    used = source.find(base)
    for modality, folder in used.items():
        click.echo(f"{modality} items are read from {folder}")
    if path and not set(adopted(source.info).values()) & set(used.values()):
        click.echo(f"note: what {path} holds is used only without {base}, whose own copy comes first")
    for note in dataset.notes:
        click.echo(f"note: {note}")
    counts = " and ".join(f"{len(items)} {modality} items" for modality, items in dataset.items.items())
    click.echo(f"{name} is ready at {size} px: {counts} of {len(dataset.classes)} classes.")


@data.command(short_help="Writes a contact sheet of NAME as a PNG.", epilog=_SHOW_EXAMPLES)
@click.argument("name")
@_data_option
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="PNG file to write.")
@click.option("--classes", metavar="A,B", help="Only these classes, in this order.")
@click.option("--per-class", default=6, show_default=True, help="Images per class and modality.")
@click.option("--modality", default="both", show_default=True, help="photo, sketch, …; 'both' shows all.")
@click.option("--size", default=64, show_default=True, help="Side of the decoded images in pixels.")
@click.option("--tile", default=96, show_default=True, help="Side of an image on the sheet in pixels.")
def show(
    name: str, root: str | None, out: Path, classes: str | None, per_class: int, modality: str, size: int, tile: int
) -> None:
    """Writes a contact sheet of NAME: one row per class, modalities side by side."""
    from zsr_lib.viz.contact_sheet import contact_sheet

    # What is wrong with the arguments is said before anything is drawn or decoded, which can take a minute.
    if out.suffix.lower() != ".png":
        raise BadInputError(f"--out '{out}' does not end in .png.", "name a PNG file.")
    known = dataset_info(name)
    if modality not in ("both", *known.modalities):
        raise BadInputError(f"{name} has no {modality} items.", f"it has {' and '.join(known.modalities)} items.")
    rows = [match_class(each.strip(), known.classes) for each in classes.split(",")] if classes else None
    dataset = load_dataset(name, size, root)
    items = {
        f"{key} ({each.origin})": each
        for key, each in dataset.items.items()
        if key == modality or (modality == "both" and each.pixels is not None)
    }
    sheet = contact_sheet(items, rows, per_class, tile)
    with atomic_path(out) as temporary:
        sheet.save(temporary, format="PNG")
    click.echo(f"{out}: {sheet.width} × {sheet.height} px")
