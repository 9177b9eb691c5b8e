"""Servers over real sockets: one in a thread of this process, one as a user starts it."""

import asyncio
import http.client
import json
import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager

from zsr_lib.search.serving.running import listening, serving

# A shell that starts tests in the background has them ignore SIGINT, and so would what they start.
STARTED = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from zsr_lib.cli import main
main()
"""


class Client:
    """Asks as a browser does, or as none would: what is asked is not tidied up on the way."""

    def __init__(self, port):
        self.port = port

    def ask(self, method, path, body=None, **headers):
        """Status, headers, and the body's bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def search(self, body, query="", **headers):
        """Status, and what the JSON says."""
        status, _, told = self.ask("POST", f"/search{query}", body, **headers)
        return status, json.loads(told)


@contextmanager
def in_thread(folder, count=5):
    """A client of a server for an index."""
    sockets = listening("127.0.0.1", 0)
    ready, loop = threading.Event(), asyncio.new_event_loop()
    end, failed = asyncio.Event(), []

    async def run():
        try:
            async with serving(folder, sockets, "127.0.0.1", count):
                ready.set()
                await end.wait()
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            ready.set()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert ready.wait(60)
    assert not failed
    yield Client(sockets[0].getsockname()[1])
    loop.call_soon_threadsafe(end.set)
    thread.join(60)
    assert not thread.is_alive()
    loop.close()


def command(*arguments):
    """``zsr serve`` as a process; its output has no terminal, as in a log."""
    return subprocess.Popen(
        [sys.executable, "-c", STARTED, "serve", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )


def printed_address(process):
    """The address that the first line of output names."""
    return re.search(r"http://\S+:\d+", process.stdout.readline())[0]
