"""Where a server listens, and how it is called."""

import socket
from contextlib import closing

import pytest

from zsr_lib.errors import BadInputError, BusyError
from zsr_lib.search.serving.running import address_of, is_local, listening


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("localhost.example", False),
    ],
)
def test_only_this_machine_can_reach_loopback(host, local):
    assert is_local(host) is local


def test_addresses_are_what_a_browser_takes():
    with closing(listening("127.0.0.1", 0)[0]) as made:
        port = made.getsockname()[1]
        assert address_of([made], "127.0.0.1") == f"http://127.0.0.1:{port}/"
        assert address_of([made], "::1") == f"http://[::1]:{port}/"
        assert address_of([made], "localhost") == f"http://localhost:{port}/"
        assert address_of([made], "0.0.0.0") == f"http://{socket.gethostname()}:{port}/"


def test_a_taken_port_says_how_to_get_another():
    with closing(listening("127.0.0.1", 0)[0]) as taken, pytest.raises(BusyError, match="--port 0"):
        listening("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.name.invalid", "x" * 70, "a b"])
def test_an_address_that_is_not_this_machines_is_refused(host):
    with pytest.raises(BadInputError, match="nothing can listen"):
        listening(host, 0)
