"""What all answers of the server have in common: who may ask, the headers, and errors in words.

A server on this machine can be asked by every page that its browser has open. So names that strangers can point at this
machine are refused (DNS rebinding), drawings are only taken from this page, and no other page may use its answers.
"""

import asyncio
import ipaddress
from types import TracebackType
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from tornado.web import HTTPError, RequestHandler

from zsr_lib.errors import BadFileError, BadInputError, BusyError, ZsrError
from zsr_lib.search.serving.limits import AGAIN

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
}

T = TypeVar("T")


class Refused(HTTPError):
    """A request that is not answered, with the same two sentences as a `ZsrError`."""

    def __init__(self, status: int, problem: str, remedy: str) -> None:
        super().__init__(status)
        self.problem, self.remedy = problem, remedy


class Guarded(RequestHandler):
    """A handler that only answers those who may ask; the application's setting ``names`` holds the server's names."""

    statuses: ClassVar[dict[type[ZsrError], int]] = {BadInputError: 400, BadFileError: 400, BusyError: 503}
    _work: asyncio.Future | None = None

    def set_default_headers(self) -> None:
        """As tornado asks for them, also for errors."""
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuses strangers' names for this machine; nobody can point an address at another machine."""
        host = self.request.host
        try:
            name = urlsplit(f"//{host}").hostname or ""
            known = name in self.settings["names"] or ipaddress.ip_address(name)
        except ValueError:
            known = False
        if not known:
            raise Refused(403, f"this server is not called '{host}'.", "use the address that it printed.")

    async def waited(self, work: "asyncio.Future[T]") -> T:
        """The result of work in a thread; it is given up when nobody waits for it any more."""
        self._work = work
        try:
            return await work
        except asyncio.CancelledError:
            raise Refused(503, "this was given up.", "ask again.") from None

    def on_connection_close(self) -> None:
        """As tornado calls it."""
        super().on_connection_close()
        if self._work is not None:
            self._work.cancel()

    def log_exception(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Only defects of this project are printed."""
        if not isinstance(error, HTTPError | ZsrError):
            super().log_exception(kind, error, trace)

    def send_error(self, status_code: int = 500, **about: Any) -> None:
        """A `ZsrError` has the status that its class has in `statuses`."""
        error = about.get("exc_info", (None, None))[1]
        super().send_error(self.statuses.get(type(error), status_code), **about)

    def write_error(self, status_code: int, **about: Any) -> None:
        """``problem`` and ``remedy`` as JSON; never a traceback."""
        error = about.get("exc_info", (None, None))[1]
        if status_code == 503:
            self.set_header("Retry-After", str(AGAIN))
        if isinstance(error, ZsrError | Refused):
            self.finish({"problem": error.problem, "remedy": error.remedy})
        elif status_code >= 500:
            self.finish({"problem": "the server met a defect.", "remedy": "see the terminal in which zsr serve runs."})
        else:
            self.finish({"problem": f"{self._reason}.", "remedy": "open the page at /."})
