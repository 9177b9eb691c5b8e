"""What the page "Draw a query" loads: the sketch encoder, the gallery's codes, its thumbnails, examples, a manifest."""

import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from zsr_lib.book.query_gallery import TILE, Gallery
from zsr_lib.data.names import class_key
from zsr_lib.data.plain_drawings import plain_drawings, plain_strokes
from zsr_lib.errors import BadInputError
from zsr_lib.files import write_text
from zsr_lib.models.method import Method
from zsr_lib.search.codes import CodeFormat, CodeTable
from zsr_lib.search.default_model import DEFAULT_MODEL, IN_WORDS, LICENCE
from zsr_lib.search.embedding import INK, Embedder
from zsr_lib.search.onnx import SIDE, export_sketches
from zsr_lib.viz.retrieval_grid import Answer, retrieval_grid

MANIFEST, ENCODER, CODES, SPRITE = "manifest.json", "sketch.onnx", "codes.bin", "thumbnails.webp"
RESULT, SHOWN = "result.png", 5
"""What is found for the first plain drawing of each unseen class: so many photos of each."""
SPRITE_QUALITY = 75
COLUMNS = 25


def write_assets(folder: Path, system: Embedder, gallery: Gallery, build: str = "") -> None:
    """Writes all files; the manifest, which names the others, comes last.

    Args:
        folder: Made if need be.
        system: Makes the codes and is exported.
        gallery: What can be found.
        build: Part of the addresses by which the page asks for files, so that no browser mixes two builds.

    Raises:
        BadInputError: The system's codes are not compared by the cosine, or it cannot be exported.
    """
    if system.method.distance != "cosine":
        raise BadInputError(
            f"codes of '{system.method.name}' are compared by {system.method.distance} distance.",
            "take a system whose distance is cosine: the page knows no other.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    export_sketches(system, folder / ENCODER, half=True)
    if system.folder == DEFAULT_MODEL:
        shutil.copyfile(LICENCE, folder / LICENCE.name)
    codes = system.photos(np.asarray(gallery.photos.pixels))
    form = CodeFormat("int8", codes.shape[1], "cosine")
    (folder / CODES).write_bytes(form.packed(codes).tobytes())
    sprite(gallery.thumbnails).save(folder / SPRITE, "WEBP", quality=SPRITE_QUALITY, method=6)
    _result(system, gallery, CodeTable(form, form.packed(codes))).save(folder / RESULT, optimize=True)
    about = {
        "build": build,
        "title": gallery.title,
        "credit": gallery.credit,
        "system": IN_WORDS if system.folder == DEFAULT_MODEL else system.method.name,
        "encoder": {"file": ENCODER, "side": SIDE, "ink": INK},
        "codes": {"file": CODES, "length": form.length, "row": form.dtype.itemsize},
        "sprite": {"file": SPRITE, "tile": TILE, "columns": COLUMNS},
        "classes": _classes(system.method, gallery.photos.classes),
        "photos": {"ids": gallery.photos.ids.tolist(), "labels": gallery.photos.labels.tolist()},
        "examples": [*_write_examples(folder, gallery), *_plain_examples(gallery.photos.classes)],
    }
    write_text(folder / MANIFEST, json.dumps(about, ensure_ascii=False, separators=(",", ":")) + "\n")


def sprite(thumbnails: np.ndarray) -> Image.Image:
    """All (N, T, T, 3) thumbnails in one picture, `COLUMNS` in a row."""
    tile, rows = thumbnails.shape[1], math.ceil(len(thumbnails) / COLUMNS)
    sheet = np.full((rows * COLUMNS, tile, tile, 3), 255, np.uint8)
    sheet[: len(thumbnails)] = thumbnails
    lines = sheet.reshape(rows, COLUMNS, tile, tile, 3).swapaxes(1, 2)
    return Image.fromarray(lines.reshape(rows * tile, COLUMNS * tile, 3))


def _classes(method: Method, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Name of each class, and whether training has seen it; None where a part does not say what it has seen."""
    parts = [part.classes for part in method.trained_parts()]
    seen = {class_key(name) for classes in parts if classes is not None for name in classes}
    known = None not in parts
    return [{"name": name, "seen": class_key(name) in seen if known else None} for name in names]


def _write_examples(folder: Path, gallery: Gallery) -> list[dict[str, str]]:
    (folder / "examples").mkdir(exist_ok=True)
    made = []
    for name, pixels in zip(gallery.examples.class_names, gallery.examples.pixels, strict=True):
        file = f"examples/{class_key(name)}.png"
        Image.fromarray(np.asarray(pixels)).save(folder / file, optimize=True)
        made.append({"name": str(name), "file": file})
    return made


def _plain_examples(names: tuple[str, ...]) -> list[dict[str, Any]]:
    """The first plain drawing of each class, as strokes that the pad draws before the reader's eyes."""
    strokes = {class_key(name): drawings[0] for name, drawings in plain_strokes().items()}
    known = [name for name in names if class_key(name) in strokes]
    return [{"name": f"{name}, plain", "lines": strokes[class_key(name)]} for name in known]


def _result(system: Embedder, gallery: Gallery, table: CodeTable) -> Image.Image:
    """What the landing page shows: asked and answered when the page is built, whatever comes."""
    classes = _classes(system.method, gallery.photos.classes)
    unseen = {class_key(each["name"]) for each in classes if each["seen"] is False} or {
        class_key(each["name"]) for each in classes
    }
    plain = plain_drawings()
    _, firsts = np.unique(plain.labels, return_index=True)
    asked = plain.take(np.array([row for row in firsts if class_key(plain.class_names[row]) in unseen]))
    size = (system.size, system.size)
    resized = [np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BICUBIC)) for each in asked.pixels]
    names = np.array([class_key(each) for each in gallery.photos.class_names])
    answers = []
    for label, drawing, code in zip(asked.class_names, asked.pixels, system.sketches(np.stack(resized)), strict=True):
        rows = table.nearest(code[None], SHOWN).rows[0]
        answers.append(Answer(label, drawing, gallery.thumbnails[rows], (names[rows] == class_key(label)).tolist()))
    return retrieval_grid(answers, tile=TILE)
