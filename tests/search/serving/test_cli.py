"""``zsr serve`` as a user starts and ends it."""

import signal
import socket
import urllib.request

import pytest

from tests.search.serving.servers import command, printed_address


@pytest.fixture
def process(index_folder):
    made = command(index_folder, "--port", 0)
    yield made
    made.kill()
    made.communicate()


def test_the_address_is_printed_and_ctrl_c_ends_it_well(process):
    address = printed_address(process)
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{address}/", timeout=60) as answer:
        assert b"sketch_pad.css" in answer.read()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "has ended" in out
    assert err == ""


def test_a_taken_port_is_said(index_folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = command(index_folder, "--port", taken.getsockname()[1])
        _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "is taken" in err
    assert "--port 0" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("{tmp}/nothing",), "is no index"),
        (("{index}", "--host", "no.such.name.invalid"), "nothing can listen"),
        (("{index}", "--host", "192.0.2.1"), "nothing can listen"),
        (("{index}", "-k", "0"), "1<=x<=200"),
        (("{index}", "--port", "70000"), "0<=x<=65535"),
    ],
)
def test_what_cannot_be_is_said(index_folder, tmp_path, arguments, word):
    places = {"tmp": tmp_path, "index": index_folder}
    process = command(
        *(each.format(**places) for each in (*arguments, *(() if "--port" in arguments else ("--port", "0"))))
    )
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert word in err
    assert "Traceback" not in err


def test_listening_to_others_is_warned_about(index_folder):
    process = command(index_folder, "--host", "0.0.0.0", "--port", 0)
    try:
        address = printed_address(process)
        port = address.rsplit(":", 1)[1]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/info", timeout=60) as answer:
            assert answer.status == 200
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "there is no password" in err
