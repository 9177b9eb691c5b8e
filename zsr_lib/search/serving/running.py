"""The server: where it listens, from start to end, and the thumbnails that it makes: nobody who asks names a file."""

import asyncio
import errno
import ipaddress
import re
import socket
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from functools import lru_cache
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from zsr_lib.errors import BadFileError, BadInputError, BusyError
from zsr_lib.search.bands import Band
from zsr_lib.search.catalogue import Catalogue
from zsr_lib.search.opened import CATALOGUE
from zsr_lib.search.pictures import stamp_of
from zsr_lib.search.scenes import thumbnail
from zsr_lib.search.serving import limits
from zsr_lib.search.serving.handlers import FILES, NUMBER, File, Info, Nothing, Picture, Search
from zsr_lib.search.serving.live_index import LiveIndex
from zsr_lib.search.windows import Window

ROUTES = [
    (rf"/({'|'.join(map(re.escape, ['', 'index.html', *FILES]))})", File),
    (r"/info", Info),
    (r"/search", Search),
    (rf"/picture/{NUMBER}/{NUMBER}", Picture),
]
SIDE = 256
READERS = 2
KEPT = 512
"""Thumbnails of about 10 kB that are held in memory: a drawing that grows finds much of the same again."""


def listening(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen; port 0 takes a free one.

    Raises:
        BusyError: Somebody else listens there.
        BadInputError: This machine has no such address, or the port is not for everybody.
    """
    try:
        return bind_sockets(port, host)
    except (OSError, UnicodeError) as error:  # the latter for what cannot be a name
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise BusyError(
                f"port {port} of {host} is taken, perhaps by another zsr serve.",
                "stop that, or take another: --port 0 finds a free one.",
            ) from error
        raise BadInputError(
            f"nothing can listen at {host}, port {port} ({getattr(error, 'strerror', None) or error}).",
            "name an address of this machine, such as 127.0.0.1, and a port above 1023.",
        ) from error


def is_local(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def address_of(sockets: Sequence[socket.socket], host: str) -> str:
    """What to type into a browser."""
    try:
        address = ipaddress.ip_address(host)
        name = socket.gethostname() if address.is_unspecified else f"[{host}]" if address.version == 6 else host
    except ValueError:
        name = host
    return f"http://{name}:{sockets[0].getsockname()[1]}/"


@asynccontextmanager
async def serving(folder: Path, sockets: Sequence[socket.socket], host: str, count: int) -> AsyncIterator[None]:
    """A block during which an index is served.

    Args:
        folder: Of the index.
        sockets: As `listening` made them; closed at the end.
        host: The name that was asked for.
        count: Hits of a search that does not say how many.

    Raises:
        ZsrError: As `LiveIndex` does.
    """
    with closing(LiveIndex(folder)) as index, closing(Thumbnails(folder)) as thumbnails:
        application = Application(
            ROUTES,
            default_handler_class=Nothing,
            log_function=lambda handler: None,  # defects are logged where they are met; the rest is told to who asked
            index=index,
            thumbnails=thumbnails,
            count=count,
            names={"localhost", host.lower(), socket.gethostname().lower()},
        )
        server = HTTPServer(
            application, max_body_size=limits.LARGEST, idle_connection_timeout=limits.IDLE, body_timeout=limits.SLOW
        )
        server.add_sockets(sockets)
        try:
            yield
        finally:
            server.stop()
            await server.close_all_connections()


class Thumbnails:
    """Makes thumbnails in threads of their own, so that large scenes do not hold up searches.

    Args:
        folder: Of the index.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._workers = ThreadPoolExecutor(READERS, "thumbnails")

    def close(self) -> None:
        """Waits for what is being made; the rest is given up."""
        self._workers.shutdown(cancel_futures=True)

    def jpeg(self, generation: int, row: int) -> asyncio.Future[bytes]:
        """The window behind a code as a JPEG file.

        Args:
            generation: Of the index when the row was told: later the same row may be another picture.
            row: Of the code.

        Raises:
            BadInputError: There is no such row.
            BadFileError: The index was written anew since, or the picture cannot be read any more.
        """
        return asyncio.get_running_loop().run_in_executor(self._workers, self._jpeg, generation, row)

    def _jpeg(self, generation: int, row: int) -> bytes:
        with closing(Catalogue(self._folder / CATALOGUE)) as catalogue:
            name, _, window, _ = catalogue.window(row)
            if catalogue.about["generation"] != generation or catalogue.stale:
                raise BadFileError("the index was written anew since.", "search again.")
            path, bands = Path(catalogue.about["pictures"], name), catalogue.about["bands"]
        try:
            stamp = stamp_of(path)
        except OSError as error:
            raise BadFileError(f"{name} is missing.", "bring the index up to date: zsr index.") from error
        return _kept(path, stamp, window, bands and tuple(bands))


@lru_cache(KEPT)
def _kept(path: Path, stamp: tuple[int, int], window: Window, bands: tuple[Band, ...] | None) -> bytes:
    return thumbnail(path, window, SIDE, bands)
