"""What the server answers, and what it refuses, over a real socket."""

import io
import json
import socket
import zlib

import numpy as np
import pytest
from PIL import Image

from zsr_lib.search.index import Index
from zsr_lib.search.serving.limits import LARGEST, MOST, PATIENCE


def picture(pixels, kind="PNG"):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


def test_a_search_finds_what_the_index_finds(client, index_folder, sketch):
    status, told = client.search(sketch.read_bytes(), "?k=3")
    assert status == 200
    assert told["windows"] == 12
    hits = Index(index_folder).search(sketch, 3)
    assert [hit["row"] for hit in told["hits"]] == [hit.row for hit in hits]
    assert [hit["score"] for hit in told["hits"]] == pytest.approx([hit.score for hit in hits], abs=1e-5)
    assert told["hits"][0]["path"].startswith("tiles/")
    assert {hit["state"] for hit in told["hits"]} == {"here"}


def test_a_part_is_searched_with_examples(client, sketch):
    body = sketch.read_bytes()
    everything = client.search(body, "?k=12")[1]["hits"]
    status, told = client.search(body, "?k=12&path=tiles/harbor&since=2000-01-01")
    assert (status, told["windows"]) == (200, 4)
    assert [hit["path"] for hit in told["hits"]] == [hit["path"] for hit in everything if "harbor" in hit["path"]]
    assert client.search(body, "?bbox=0,0,1,1")[1] == {"windows": 0, "hits": []}
    last, first = everything[-1]["picture"], everything[0]["picture"]
    hits = client.search(b"", f"?k=12&more={last}&less={first}")[1]["hits"]
    assert (hits[0]["picture"], len(hits)) == (last, 11)
    assert client.search(body, "?k=12&photo=1")[1]["hits"] != everything


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("?bbox=1,2", "no box"),
        ("?since=soon", "no date"),
        ("?more=0/999", "no row 999"),
        ("?more=1/0", "written anew"),
        ("?more=0/x", "or one that is none"),
        ("?" + "&".join(["less=0/1"] * 51), "names 51 pictures"),
    ],
)
def test_what_does_not_fit_beside_a_drawing_is_said(client, sketch, query, word):
    status, told = client.search(sketch.read_bytes(), query)
    assert (status, word in told["problem"]) == (400, True), told


def test_without_k_there_are_as_many_as_the_server_was_told(client, sketch):
    assert len(client.search(sketch.read_bytes())[1]["hits"]) == 5
    assert len(client.search(sketch.read_bytes(), f"?k={MOST}")[1]["hits"]) == 12


def test_info_says_what_is_searched(client, archive):
    told = json.loads(client.ask("GET", "/info")[2])
    assert told == {
        "archive": str(archive.resolve()),
        "system": "standardised",
        "pictures": 12,
        "windows": 12,
        "k": 5,
        "most": MOST,
    }


def test_a_thumbnail_shows_the_picture_of_its_row(client, archive, sketch):
    hit = client.search(sketch.read_bytes(), "?k=1")[1]["hits"][0]
    status, headers, data = client.ask("GET", f"/picture/{hit['picture']}")
    assert (status, headers["Content-Type"]) == (200, "image/jpeg")
    shown = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float32)
    assert shown.shape == (256, 256, 3)
    true = Image.open(archive / hit["path"]).resize((256, 256), Image.Resampling.BICUBIC)
    assert np.abs(shown - np.asarray(true, np.float32)).mean() < 6


def test_a_thumbnail_that_the_browser_has_is_not_sent_again(client):
    _, headers, _ = client.ask("GET", "/picture/0/0")
    assert client.ask("GET", "/picture/0/0", If_None_Match=headers["ETag"])[::2] == (304, b"")
    assert "private" in headers["Cache-Control"]


@pytest.mark.parametrize("query", ["?k=0", "?k=-1", "?k=201", "?k=many", "?k=", "?k=1e1", "?k=%C2%B2", "?k=9999999999"])
def test_k_is_bounded(client, sketch, query):
    status, told = client.search(sketch.read_bytes(), query)
    assert status == 400
    assert f"1 to {MOST}" in told["remedy"]


def bomb():
    """A PNG of 20 000 × 20 000 pixels in few bytes."""
    return picture(np.zeros((20_000, 20_000), bool))


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "empty"),
        (b"no picture at all", "not an image"),
        (picture(np.full((64, 64, 3), 255, np.uint8)), "nothing on it is darker"),
        (picture(np.zeros((64, 64, 3), np.uint8))[:60], "damaged"),
        (bomb(), "too large"),
        (picture(np.zeros((4100, 4100), bool)), "too large"),
    ],
    ids=["nothing", "text", "blank", "truncated", "bomb", "larger than drawings are"],
)
def test_what_cannot_be_searched_with_is_said(client, body, word):
    status, told = client.search(body)
    assert status == 400
    assert word in told["problem"]
    assert told["remedy"]


@pytest.mark.parametrize("length", [LARGEST + 1, PATIENCE])
def test_too_many_bytes_are_refused_in_words(client, length, sketch):
    status, told = client.search(bytes(length))
    assert status == 413
    assert "10 MiB" in told["problem"]
    assert client.search(sketch.read_bytes())[0] == 200


def test_a_length_beyond_patience_is_refused_before_anything_is_sent(client):
    with socket.create_connection(("127.0.0.1", client.port), timeout=60) as line:
        line.sendall(b"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_form_is_taken_as_bytes_and_not_taken_apart(client, sketch):
    kind = "application/x-www-form-urlencoded"
    assert client.search(sketch.read_bytes(), Content_Type=kind)[0] == 200


@pytest.mark.parametrize("name", ["attacker.example", "attacker.example:80", "127.0.0.1.attacker.example", "[::1", ""])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/info"), ("GET", "/picture/0/0"), ("POST", "/search")]
)
def test_another_name_for_this_machine_is_refused(client, sketch, name, method, path):
    body = sketch.read_bytes() if method == "POST" else None
    status, _, told = client.ask(method, path, body, Host=name)
    assert status in (400, 403)
    assert b"tiles" not in told


@pytest.mark.parametrize("name", ["localhost", "localhost:9000", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST"])
def test_names_of_this_machine_are_answered(client, name):
    assert client.ask("GET", "/info", Host=name)[0] == 200


@pytest.mark.parametrize("origin", ["http://attacker.example", "null", "http://127.0.0.1:1"])
def test_other_pages_may_not_search(client, sketch, origin):
    status, told = client.search(sketch.read_bytes(), Origin=origin)
    assert status == 403
    assert "may not search" in told["problem"]


def test_the_page_itself_may_search(client, sketch):
    assert client.search(sketch.read_bytes(), Origin=f"http://127.0.0.1:{client.port}")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/picture/0/../../../../etc/passwd",
        "/picture/0/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/picture/0/..%5c..%5cetc",
        "/picture/0/-1",
        "/picture/0/1.5",
        "/picture/0/007",
        "/picture/0/99999999999999999999",
        "/picture/0/12",
        "/picture/0/%00",
        "/picture/0",
        "/../page.html",
        "/..%2fhandlers.py",
        "/handlers.py",
        "/%2e%2e/catalogue.py",
        "/index.db",
        "//etc/passwd",
    ],
)
def test_there_is_no_way_to_a_file(client, path):
    status, headers, told = client.ask("GET", path)
    assert status == 404
    assert headers["Content-Type"].startswith("application/json")
    assert set(json.loads(told)) == {"problem", "remedy"}


@pytest.mark.parametrize("path", ["/", "/page.js", "/sketch_pad.js", "/page.css", "/icon.svg", "/info", "/nothing"])
def test_every_answer_keeps_strangers_out(client, path):
    _, headers, _ = client.ask("GET", path, Origin="http://attacker.example")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(("method", "path"), [("GET", "/search"), ("POST", "/info"), ("DELETE", "/picture/0/0")])
def test_other_methods_are_refused(client, method, path):
    status, _, told = client.ask(method, path)
    assert status == 405
    assert json.loads(told)["remedy"]


def test_a_body_that_is_compressed_is_no_picture(client, sketch):
    body = zlib.compress(sketch.read_bytes())
    assert client.search(body, Content_Encoding="deflate")[0] == 400
