"""What can be asked: the page and its files, the index's description, a search, a thumbnail."""

import re
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from tornado.web import stream_request_body

import zsr_lib
from zsr_lib.errors import BadFileError, BadInputError, ZsrError
from zsr_lib.search.filters import read_filter
from zsr_lib.search.serving.guarded import Guarded, Refused
from zsr_lib.search.serving.limits import EXAMPLES, LARGEST, MOST, PATIENCE
from zsr_lib.search.serving.live_index import Asked

_HERE, _WIDGETS = Path(__file__).parent, Path(zsr_lib.__file__).parent / "widgets"
FILES = {
    "page.html": (_HERE, "text/html; charset=utf-8"),
    "page.css": (_HERE, "text/css; charset=utf-8"),
    "icon.svg": (_HERE, "image/svg+xml"),
    "page.js": (_HERE, "text/javascript; charset=utf-8"),
    "sketch_pad.css": (_WIDGETS, "text/css; charset=utf-8"),
    "sketch_pad.js": (_WIDGETS, "text/javascript; charset=utf-8"),
}


NUMBER = r"(0|[1-9][0-9]{0,17})"


class Nothing(Guarded):
    """Every other address."""

    def prepare(self) -> None:
        """Refuses."""
        super().prepare()
        raise Refused(404, "there is nothing at this address.", "open the page at /.")


class File(Guarded):
    """The page and what belongs to it; ``index.html`` is the page, too."""

    def get(self, name: str) -> None:
        """One of `FILES`."""
        name = "page.html" if name in ("", "index.html") else name
        folder, kind = FILES[name]
        self.set_header("Content-Type", kind)
        self.write((folder / name).read_bytes())


class Info(Guarded):
    """What is searched."""

    async def get(self) -> None:
        """`LiveIndex.about`, and how many hits there are unless told (``k``) and at most (``most``), as JSON."""
        about = await self.waited(self.settings["index"].about())
        self.write(about | {"k": self.settings["count"], "most": MOST})


@stream_request_body
class Search(Guarded):
    """A drawing is asked with: the body is a picture file.

    In the address, ``k`` says how many are wanted, ``photo`` that it is one, ``more`` and ``less`` name hits as their
    ``picture`` does, and ``bbox``, ``path`` and ``since`` are read by `zsr_lib.search.filters.read_filter`.
    """

    def prepare(self) -> None:
        """Takes the body in as it comes; who asks is looked at after it, so that the answer is not lost on the way."""
        self._body, self._length = bytearray(), 0
        declared = self.request.headers.get("Content-Length", "")
        declared = int(declared) if declared.isdecimal() else 0
        self.request.connection.set_max_body_size(max(PATIENCE, declared))
        if declared > PATIENCE:
            raise _too_large()

    def data_received(self, chunk: bytes) -> None:
        """As tornado calls it; of what is too large nothing is kept."""
        self._length += len(chunk)
        if self._length <= LARGEST:
            self._body += chunk

    async def post(self) -> None:
        """The hits as JSON, see `LiveIndex.search`."""
        super().prepare()
        origin = self.request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != self.request.host:
            raise Refused(403, f"the page {origin} may not search here.", "use the page of this server.")
        if self._length > LARGEST:
            raise _too_large()
        where = read_filter(*(self.get_query_argument(name, None) for name in ("bbox", "path", "since")))
        photo, more, less = bool(self.get_query_argument("photo", "")), self._examples("more"), self._examples("less")
        asked = Asked(bytes(self._body), self._count(), photo, more, less, where)
        self.write(await self.waited(self.settings["index"].search(asked)))

    def _count(self) -> int:
        told = self.get_query_argument("k", str(self.settings["count"]))
        if not (told.isascii() and told.isdecimal() and len(told) < 10 and 1 <= int(told) <= MOST):
            raise BadInputError(f"k is '{told[:20]}'.", f"ask for 1 to {MOST} pictures.")
        return int(told)

    def _examples(self, name: str) -> list[tuple[int, int]]:
        told = self.get_query_arguments(name)
        found = [re.fullmatch(f"{NUMBER}/{NUMBER}", each, re.ASCII) for each in told]
        if len(told) > EXAMPLES or not all(found):
            raise BadInputError(
                f"{name} names {len(told)} pictures, or one that is none.",
                f"name up to {EXAMPLES}, each as hits do: generation/row.",
            )
        return [(int(each[1]), int(each[2])) for each in found]


class Picture(Guarded):
    """A thumbnail."""

    statuses: ClassVar[dict[type[ZsrError], int]] = {BadInputError: 404, BadFileError: 410}

    async def get(self, generation: str, row: str) -> None:
        """A JPEG file of a row's window; 404 if there is no such row, 410 if its picture cannot be shown any more."""
        jpeg = await self.waited(self.settings["thumbnails"].jpeg(int(generation), int(row)))
        self.set_header("Content-Type", "image/jpeg")
        self.write(jpeg)


def _too_large() -> Refused:
    return Refused(413, f"the picture has more than {LARGEST // 2**20} MiB.", "make it smaller: 256 pixels will do.")
