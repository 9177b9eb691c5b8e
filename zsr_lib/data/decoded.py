"""Image files decoded once into the store."""

import hashlib
import re
import shlex
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL

from zsr_lib.data.checksums import combined
from zsr_lib.data.images import RULES, decode_bytes
from zsr_lib.data.listing import ImageFiles
from zsr_lib.data.store import Stored, open_or_build
from zsr_lib.errors import BadFileError
from zsr_lib.progress import progress_bar

WORKERS = 2
BATCH = 256
"""Files decoded before their rows are written; bounds the memory used."""

SHOWN = 10
"""How many bad files one error names."""


@dataclass(frozen=True)
class DecodeJob:
    """What is to be decoded.

    Attributes:
        dataset: Name to use in messages and commands.
        modality: ``photo``, ``sketch``, …
        files: The image files.
        checksums: SHA-256 of each, as they were when listed.
        size: Side in pixels.
        skip_bad: Leave out files that cannot be decoded instead of failing.
        progress: Show a bar.
    """

    dataset: str
    modality: str
    files: ImageFiles
    checksums: Sequence[str]
    size: int
    skip_bad: bool = False
    progress: bool = True

    @property
    def key(self) -> str:
        """Digest of everything the pixels depend on, Pillow's version included."""
        rules = f"rules {RULES}, Pillow {PIL.__version__}, {self.size} px"
        return combined([rules, *map(" ".join, zip(self.checksums, self.files.ids, strict=True))])


def decode_files(job: DecodeJob) -> Stored:
    """The decoded store of `job`.

    Returns:
        Array ``pixels`` (M, size, size, 3) uint8; manifest entries ``rows`` (M indices into the job's files),
        ``sha256`` (M) and ``skipped`` (id → reason). A store made with `skip_bad` stays as it is made.

    Raises:
        BadFileError: Files cannot be decoded and `skip_bad` is off (all are reported together), or none can.
    """
    name = re.sub(r"[^\w.-]", "-", Path(job.dataset).name)
    label = f"{name}-{job.modality}-{job.size}px"
    return open_or_build(label, job.key, lambda folder: _build(job, folder / "pixels.npy"))


def _build(job: DecodeJob, target: Path) -> dict[str, Any]:
    rows = list(range(len(job.files)))
    bad = _write(job, rows, target)
    if bad and (not job.skip_bad or len(bad) == len(rows)):
        raise _report(job, list(bad.values()))
    if bad:
        rows = [row for row in rows if row not in bad]
        _write(job, rows, target)
    return {
        "rules": RULES,
        "pillow": PIL.__version__,
        "size": job.size,
        "rows": rows,
        "ids": [job.files.ids[row] for row in rows],
        "sha256": [job.checksums[row] for row in rows],
        "skipped": {job.files.ids[row]: error.problem for row, error in bad.items()},
    }


def _write(job: DecodeJob, rows: list[int], target: Path) -> dict[int, BadFileError]:
    """Writes the pixels of `rows` as one array; returns the rows that cannot be decoded.

    Rows go through ordinary writes: on a full disk a memory map would kill the process instead of failing.
    """
    bad = {}
    header = {"descr": "|u1", "fortran_order": False, "shape": (len(rows), job.size, job.size, 3)}
    title = f"decoding {job.dataset} {job.modality}"
    with target.open("wb") as stream, progress_bar(total=len(rows), desc=title, show=job.progress) as bar:
        np.lib.format.write_array_header_1_0(stream, header)
        for row, result in _decoded(job, rows):
            if isinstance(result, BadFileError):
                bad[row] = result
            else:
                stream.write(result.tobytes())
            bar.update()
    return bad


def _decoded(job: DecodeJob, rows: list[int]) -> Iterator[tuple[int, np.ndarray | BadFileError]]:
    with ThreadPoolExecutor(WORKERS) as pool:  # Pillow decodes and resizes without the interpreter lock
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            yield from zip(batch, pool.map(lambda row: _attempt(job, row), batch), strict=True)


def _attempt(job: DecodeJob, row: int) -> np.ndarray | BadFileError:
    path = job.files.paths[row]
    try:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != job.checksums[row]:
            return BadFileError(f"{path} changed while it was read.", "run again when nothing writes to it.")
        return decode_bytes(data, str(path), job.size)
    except OSError as error:
        return BadFileError(f"{path} cannot be read ({error.strerror}).", "check the file and its rights.")
    except BadFileError as error:
        return error


def _report(job: DecodeJob, errors: list[BadFileError]) -> BadFileError:
    lines = [f"\n    {error.problem}" for error in errors[:SHOWN]]
    rest = f"\n    … and {len(errors) - SHOWN} more" if len(errors) > SHOWN else ""
    return BadFileError(
        f"{len(errors)} of {len(job.files)} {job.modality} files of {job.dataset} cannot be used:"
        + "".join(lines)
        + rest,
        "replace or delete these files, or go on without them: "
        f"zsr data prepare {shlex.quote(job.dataset)} --size {job.size} --skip-bad",
    )
