"""A contact sheet: one HTML file with the sketch and what it found, pictures included."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from zsr_lib.errors import BadFileError
from zsr_lib.search.bands import Band
from zsr_lib.search.ground import in_words
from zsr_lib.search.hit import Hit
from zsr_lib.search.index import Index
from zsr_lib.search.scenes import cut_out
from zsr_lib.search.windows import Window
from zsr_lib.viz.inline_picture import inline_picture

SIDE = 160

_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif; }
body { margin: 1rem; }
ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1rem; padding: 0; }
li { list-style: none; overflow-wrap: anywhere; font-size: 0.8rem; }
img, .none { width: 100%; aspect-ratio: 1; object-fit: cover; border: 1px solid #8886; box-sizing: border-box; }
.none { display: grid; place-items: center; }
header img { width: 10rem; background: #fff; }
</style></head><body>
<header><h1>$title</h1><p>$archive</p>$sketch</header>
<ol>
$items
</ol>
</body></html>
""")


def contact_sheet(index: Index, hits: Sequence[Hit], sketch: Path | None) -> str:
    """The page; a picture that cannot be shown is replaced by the reason.

    Paths are below the archive, which the head names.

    Args:
        index: What was searched.
        hits: What was found, best first.
        sketch: The file that was asked with, if there was one.
    """
    items = "\n".join(_item(place, hit, index.bands) for place, hit in enumerate(hits, 1))
    asked = f" for {sketch.name}" if sketch else ""
    return _PAGE.substitute(
        title=escape(f"{len(hits)} pictures{asked}"),
        archive=escape(f"below {index.pictures}"),
        sketch=_picture(sketch, None, f"what was asked with, {sketch.name}", index.bands) if sketch else "",
        items=items,
    )


def _item(place: int, hit: Hit, bands: Sequence[Band] | None) -> str:
    told = [f"{place}. score {hit.score:.3f}", hit.name]
    if hit.expected is not None:
        told[0] += f", right in {hit.expected:.0%} where it was measured"
    if (hit.window.left, hit.window.top) != (0, 0):
        told.append(f"at {hit.window.left}, {hit.window.top}")
    if "lonlat" in hit.place:
        told.append(in_words(hit.place["lonlat"]))
    if hit.state == "changed":
        told.append("changed since it was indexed")
    picture = _picture(hit.path, hit.window, f"{place}: {hit.path.name}", bands)
    return f"<li>{picture}<br>{'<br>'.join(map(escape, told))}</li>"


def _picture(path: Path, window: Window | None, description: str, bands: Sequence[Band] | None = None) -> str:
    try:
        shown = inline_picture(cut_out(path, window, SIDE, bands))
    except BadFileError as error:
        return f'<div class="none">{escape(error.problem.removeprefix(str(path)).strip())}</div>'
    return f'<img src="{shown}" alt="{escape(description)}">'
