import functools
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from zsr_lib.data.download import fetch
from zsr_lib.data.registry import Archive
from zsr_lib.errors import BadFileError, ZsrError

CONTENT = bytes(range(256)) * 4000


class Server(BaseHTTPRequestHandler):
    """Serves CONTENT; the first `breaks` answers are cut off half-way; understands ranges if told so."""

    def __init__(self, *args, state, **kwargs):
        self.state = state
        super().__init__(*args, **kwargs)

    def do_GET(self):
        content, asked = self.state["content"], self.headers.get("Range")
        self.state["asked"].append(asked)
        start = int(asked[6:-1]) if asked and self.state["ranges"] else 0
        if start >= len(content):
            return self.send_error(416)
        self.send_response(206 if start else self.state["status"])
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        broken = len(self.state["asked"]) <= self.state["breaks"]
        self.wfile.write(content[start : start + (len(content) - start) // 2] if broken else content[start:])

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    """A running server on this machine, and the state that steers it."""
    state = {"content": CONTENT, "ranges": True, "breaks": 0, "status": 200, "asked": []}
    http = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Server, state=state))
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    state["url"] = f"http://127.0.0.1:{http.server_address[1]}/file.zip"
    yield state
    http.shutdown()
    http.server_close()
    thread.join()


def archive_at(*urls):
    return Archive("file.zip", hashlib.md5(CONTENT).hexdigest(), len(CONTENT), urls)


def download(folder, *urls):
    return fetch(archive_at(*urls), folder, "http://example.org/page", progress=False)


def test_file_is_downloaded_once(server, tmp_path):
    for _ in range(2):
        assert download(tmp_path / "new", server["url"]).read_bytes() == CONTENT
    assert server["asked"] == [None]


@pytest.mark.parametrize("ranges", [True, False])
def test_interrupted_download_keeps_what_came_and_goes_on_from_there(server, tmp_path, ranges):
    server.update(breaks=1, ranges=ranges)
    with pytest.raises(ZsrError, match=r"could not be downloaded\. 0\.\d MB are kept") as caught:
        download(tmp_path, server["url"])
    assert "goes on where it stopped" in caught.value.remedy
    assert "http://example.org/page" in caught.value.remedy
    kept = (tmp_path / "file.zip.part").read_bytes()
    assert 0 < len(kept) <= len(CONTENT) // 2
    assert CONTENT.startswith(kept)
    assert download(tmp_path, server["url"]).read_bytes() == CONTENT
    assert server["asked"] == [None, f"bytes={len(kept)}-"]
    assert not (tmp_path / "file.zip.part").exists()


def test_part_that_was_complete_when_the_process_died_is_used(server, tmp_path):
    (tmp_path / "file.zip.part").write_bytes(CONTENT)
    assert download(tmp_path, server["url"]).read_bytes() == CONTENT


def test_wrong_part_does_not_poison_the_next_try(server, tmp_path):
    (tmp_path / "file.zip.part").write_bytes(b"something else")
    with pytest.raises(BadFileError, match="MD5 is not"):
        download(tmp_path, server["url"])
    assert download(tmp_path, server["url"]).read_bytes() == CONTENT


def test_changed_file_is_not_kept(server, tmp_path):
    server["content"] = CONTENT[:-1] + b"?"
    with pytest.raises(BadFileError, match=r"is not file\.zip"):
        download(tmp_path, server["url"])
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".lock"] == []


def test_next_address_is_tried(server, tmp_path):
    assert download(tmp_path, "http://127.0.0.1:9/dead", server["url"]).read_bytes() == CONTENT


def test_all_addresses_dead_or_refusing(server, tmp_path):
    server["status"] = 404
    with pytest.raises(ZsrError, match="could not be downloaded") as caught:
        download(tmp_path, "http://127.0.0.1:9/dead", server["url"])
    assert "http://127.0.0.1:9/dead: no connection" in caught.value.problem
    assert "the server answers 404" in caught.value.problem
    assert "--from" in caught.value.remedy
    assert not (tmp_path / "file.zip").exists()
