"""Downloads with checksum, progress and resume."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from zsr_lib.data.registry import Archive
from zsr_lib.errors import BadFileError, ZsrError
from zsr_lib.files import exclusive, explained
from zsr_lib.progress import progress_bar

CHUNK = 2**18
TIMEOUT_SECONDS = (10, 60)
"""For connecting, and between two pieces of data."""


@dataclass(frozen=True)
class ResumingDownloader:
    """A pooch downloader that goes on where an interrupted download stopped.

    Bytes are collected in `part`. Resuming needs no trust in the server: the checksum of the whole is checked
    by pooch at the end, and `part` is gone by then, so a wrong file never serves as a start.
    """

    part: Path
    progress: bool = True

    def __call__(self, url: str, output_file: str, pooch: object, check_only: bool = False) -> None:
        """Downloads `url` into `output_file`, as pooch asks.

        Raises:
            requests.RequestException: The server cannot be reached, refuses, or the connection broke.
        """
        import requests

        done = self.part.stat().st_size if self.part.exists() else 0
        headers = {"Range": f"bytes={done}-", "Accept-Encoding": "identity"} if done else {}
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS) as answer:
            # 416: nothing is left to send; the checksum will tell whether that is so.
            if answer.status_code != requests.codes.requested_range_not_satisfiable:
                answer.raise_for_status()
                resumed = answer.headers.get("Content-Range", "").startswith(f"bytes {done}-")
                with self.part.open("ab" if resumed else "wb") as stream:
                    self._copy(answer, stream, done if resumed else 0)
        os.replace(self.part, output_file)

    def _copy(self, answer: "requests.Response", stream: IO[bytes], done: int) -> None:  # noqa: F821
        length = answer.headers.get("Content-Length")
        total = done + int(length) if length else None
        with progress_bar(
            total=total,
            initial=done,
            unit="B",
            unit_scale=True,
            desc=self.part.stem,
            show=self.progress,
        ) as bar:
            for chunk in answer.iter_content(CHUNK):
                stream.write(chunk)
                bar.update(len(chunk))


def fetch(archive: Archive, folder: Path, page: str, progress: bool = True) -> Path:
    """Downloads `archive` into `folder` unless it is there with the right checksum.

    Args:
        archive: Name, MD5 and addresses, tried in order.
        folder: Created when missing.
        page: Official page, for the error.
        progress: Show a bar.

    Returns:
        The path of the file.

    Raises:
        ZsrError: No address gave the file; what was received is kept for the next try.
        BadFileError: A whole file was received, but not that one.
    """
    import requests

    target = folder / archive.filename
    failures = []
    with exclusive(folder / f"{archive.filename}.lock", f"downloading {archive.filename}"):
        for url in archive.urls:
            try:
                return _retrieve(archive, url, target, progress)
            except requests.RequestException as error:
                failures.append(f"\n    {url}: {_reason(error)}")
    part = _part(target)
    kept = f" {part.stat().st_size / 1e6:.1f} MB are kept in {part}." if part.exists() else ""
    raise ZsrError(
        f"{archive.filename} could not be downloaded.{kept}{''.join(failures)}",
        "check the connection and run the same command again (it goes on where it stopped), "
        f"or get the file from {page} and name it with --from.",
    )


def _retrieve(archive: Archive, url: str, target: Path, progress: bool) -> Path:
    import pooch

    pooch.get_logger().setLevel("WARNING")
    downloader = ResumingDownloader(_part(target), progress)
    with explained(target.parent):
        try:
            return Path(pooch.retrieve(url, f"md5:{archive.md5}", target.name, target.parent, downloader=downloader))
        except ValueError as error:
            raise BadFileError(
                f"what {url} sent is not {archive.filename}: its MD5 is not {archive.md5}.",
                "run the command again; if it happens again, the file there was changed.",
            ) from error


def _reason(error: "requests.RequestException") -> str:  # noqa: F821
    """What went wrong in a few words; the exceptions' own texts nest three libraries."""
    if error.response is not None:
        return f"the server answers {error.response.status_code} {error.response.reason}"
    return {"ConnectTimeout": "no answer in time", "ReadTimeout": "no more data in time"}.get(
        type(error).__name__, f"no connection, or it broke ({type(error).__name__})"
    )


def _part(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")
