"""The generated aerial scenes as item sets: the data that is always there."""

import os
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path

import numpy as np

from zsr_lib.data.checksums import source_checksum
from zsr_lib.data.closing import check_open
from zsr_lib.data.infrared import BANDS, render_bands
from zsr_lib.data.items import ItemSet
from zsr_lib.data.scenes import class_names, render_height, render_photo, render_sketch
from zsr_lib.errors import BadInputError, UnknownNameError

MODALITIES = ("photo", "sketch", "height", "multispectral")
CHUNK = 16
FEW = 8
"""With fewer chunks than this, starting processes takes longer than drawing."""
Job = tuple[str, str, int, int, int, bool]
"""Modality, class, seed, index, size, paired."""


def generate(
    per_class: int = 100,
    size: int = 64,
    seed: int = 0,
    classes: Iterable[str] | None = None,
    modalities: Sequence[str] = ("photo", "sketch"),
    paired: bool = False,
    workers: int | None = None,
    progress: bool = True,
    first: int = 0,
) -> dict[str, ItemSet]:
    """Draws `per_class` items of each class and modality; the same arguments give the same bytes on every machine.

    Args:
        per_class: Items of each class in each modality.
        size: Pixels from side to side, 16 to 256.
        seed: Seed of the data set.
        classes: Class names; all when None. Labels number them in alphabetical order.
        modalities: Among ``photo``, ``sketch``, ``height`` (metres, rounded, as grey pixels) and ``multispectral``
            (`zsr_lib.data.infrared`).
        paired: Sketches show the photos' own instances, and `pairs` names the partner; otherwise they show others.
        workers: Processes, which the bytes do not depend on; all cores when None.
        progress: Show a progress bar.
        first: Number of the first instance of each class.

    Returns:
        One item set of origin ``recipe`` for each modality, with ids such as ``airplane/photo/0007``.

    Raises:
        UnknownNameError: An unknown class or modality.
        BadInputError: A count, size or seed out of range, a name given twice, or a system is being fitted or scored.
    """
    check_open("scenes cannot be drawn")
    names = checked_classes(classes)
    _check(modalities, per_class, 1 if workers is None else workers)
    numbers = range(first, first + per_class)
    jobs = [(kind, name, seed, index, size, paired) for kind, name, index in product(modalities, names, numbers)]
    _draw(jobs[0])  # bad sizes and seeds are refused here, not in another process
    pixels = _draw_all(jobs, workers or os.cpu_count() or 1, progress)
    each = len(names) * per_class
    parts = {modality: np.stack(pixels[i * each :][:each]) for i, modality in enumerate(modalities)}
    return {
        modality: scene_items(modality, names, numbers, part, _partner(modality, modalities, paired))
        for modality, part in parts.items()
    }


def recipes_checksum() -> str:
    """SHA-256 over the source files of the scenes: changes whenever a picture may have changed."""
    return source_checksum(Path(__file__).parent / "scenes")


def _check(modalities: Sequence[str], per_class: int, workers: int) -> None:
    if not modalities:
        raise BadInputError("no modality is named.", f"name some of: {', '.join(MODALITIES)}.")
    for modality in modalities:
        if modality not in MODALITIES:
            raise UnknownNameError("generated modality", modality, MODALITIES)
    for what, value in (("per_class", per_class), ("workers", workers)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise BadInputError(f"{what} is {value!r}.", "use a whole number, 1 or more.")


def checked_classes(classes: Iterable[str] | None) -> tuple[str, ...]:
    """Classes in alphabetical order; all when None.

    Raises:
        UnknownNameError: An unknown class.
        BadInputError: None is named, or one twice.
    """
    known = class_names()
    if classes is None:
        return known
    wanted = list(classes)
    for name in wanted:
        if name not in known:
            raise UnknownNameError("generated class", name, known)
    if not wanted or len(set(wanted)) != len(wanted):
        raise BadInputError("no class is named, or one is named twice.", "name each wanted class once.")
    return tuple(sorted(wanted))


def _partner(modality: str, modalities: Sequence[str], paired: bool) -> str | None:
    """The modality that `pairs` of this one names."""
    if not paired:
        return None
    others = [other for other in MODALITIES if other in modalities and other != modality]
    return others[0] if others else None


def _draw(job: Job) -> np.ndarray:
    modality, name, seed, index, size, paired = job
    if modality == "photo":
        return render_photo(name, seed, index, size)
    if modality == "multispectral":
        return render_bands(name, seed, index, size)
    if modality == "sketch":
        return render_sketch(name, seed, index, size, of_photo=paired)
    metres = np.clip(np.rint(render_height(name, seed, index, size)), 0, 255).astype(np.uint8)
    return np.repeat(metres[..., None], 3, axis=2)


def _draw_chunk(jobs: list[Job]) -> list[np.ndarray]:
    return [_draw(job) for job in jobs]


def _draw_all(jobs: list[Job], workers: int, progress: bool) -> list[np.ndarray]:
    from zsr_lib.progress import progress_bar

    drawn: list[np.ndarray] = []
    chunks = [jobs[start : start + CHUNK] for start in range(0, len(jobs), CHUNK)]
    with progress_bar(total=len(jobs), desc="drawing scenes", unit="image", show=progress) as bar:
        for chunk in _mapped(chunks, workers):
            drawn += chunk
            bar.update(len(chunk))
    return drawn


def _mapped(chunks: list[list[Job]], workers: int) -> Iterable[list[np.ndarray]]:
    if workers == 1 or len(chunks) < FEW:
        yield from map(_draw_chunk, chunks)
        return
    from joblib import Parallel, delayed

    # joblib's processes also start from notebooks and from scripts without a __main__ guard.
    yield from Parallel(workers, return_as="generator")(delayed(_draw_chunk)(chunk) for chunk in chunks)


def scene_items(
    modality: str, names: tuple[str, ...], numbers: range, pixels: np.ndarray, partner: str | None
) -> ItemSet:
    """Items of one modality around pixels that were drawn, class after class.

    Args:
        modality: Of `MODALITIES`.
        names: Classes, in alphabetical order.
        numbers: Of the instances of each class.
        pixels: (classes · numbers, H, W, C) uint8.
        partner: The modality that `pairs` names; None without pairs.
    """

    def ids(kind: str) -> np.ndarray:
        """(classes · numbers,) names of one kind."""
        return np.array([f"{name}/{kind}/{index:04d}" for name in names for index in numbers])

    return ItemSet(
        ids(modality),
        np.repeat(np.arange(len(names)), len(numbers)),
        names,
        modality,
        "recipe",
        pixels=pixels,
        bands=BANDS if modality == "multispectral" else (),
        pairs=ids(partner) if partner else None,
    )
