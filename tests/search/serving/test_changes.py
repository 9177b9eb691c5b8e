"""The archive and the index change while they are served; and what goes wrong inside stays inside."""

import json
import shutil
import socket
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import numpy as np
import pytest
from PIL import Image

from tests.search.serving.servers import in_thread
from zsr_lib.search.building import build_index
from zsr_lib.search.index import Index
from zsr_lib.search.serving.limits import AGAIN
from zsr_lib.search.serving.live_index import LiveIndex


def test_a_photo_that_is_gone_is_told_and_has_no_thumbnail(client, archive, sketch):
    hit = client.search(sketch.read_bytes(), "?k=1")[1]["hits"][0]
    (archive / hit["path"]).unlink()
    assert client.search(sketch.read_bytes(), "?k=1")[1]["hits"][0]["state"] == "missing"
    status, _, told = client.ask("GET", f"/picture/{hit['picture']}")
    assert status == 410
    assert "is missing" in json.loads(told)["problem"]


def test_a_photo_that_has_changed_is_told_and_shown_as_it_is(client, archive, sketch):
    hit = client.search(sketch.read_bytes(), "?k=1")[1]["hits"][0]
    before = client.ask("GET", f"/picture/{hit['picture']}")[2]
    side = hit["window"][2]
    Image.new("RGB", (side, side), "red").save(archive / hit["path"])
    assert client.search(sketch.read_bytes(), "?k=1")[1]["hits"][0]["state"] == "changed"
    status, _, after = client.ask("GET", f"/picture/{hit['picture']}")
    assert status == 200
    assert after != before


@pytest.mark.parametrize("damage", [b"", b"no picture"])
def test_a_photo_that_is_damaged_has_no_thumbnail(client, archive, sketch, damage):
    hit = client.search(sketch.read_bytes(), "?k=1")[1]["hits"][0]
    (archive / hit["path"]).write_bytes(damage)
    assert client.ask("GET", f"/picture/{hit['picture']}")[0] == 410


def test_a_photo_that_has_shrunk_below_its_window_has_no_thumbnail(client, archive, sketch):
    hit = client.search(sketch.read_bytes(), "?k=1")[1]["hits"][0]
    Image.new("RGB", (8, 8)).save(archive / hit["path"])
    status, _, told = client.ask("GET", f"/picture/{hit['picture']}")
    assert status == 410
    assert "smaller" in json.loads(told)["problem"]


def test_new_pictures_are_found_by_the_next_search(client, archive, system, index_folder, sketch):
    assert client.search(sketch.read_bytes())[1]["windows"] == 12
    shutil.copy(sketch, archive / "tiles" / "drawn.png")
    build_index(archive, index_folder, system, progress=False)
    told = client.search(sketch.read_bytes(), "?k=13")[1]
    assert told["windows"] == 13
    assert "tiles/drawn.png" in [hit["path"] for hit in told["hits"]]
    assert json.loads(client.ask("GET", "/info")[2])["pictures"] == 13


def test_rows_of_an_index_that_was_written_anew_are_not_mixed_up(client, archive, system, index_folder, sketch):
    before = client.search(sketch.read_bytes(), "?k=12")[1]["hits"]
    shutil.rmtree(archive / "tiles" / "golfcourse")  # the first rows, and more than a quarter
    build_index(archive, index_folder, system, progress=False)
    assert {client.ask("GET", f"/picture/{hit['picture']}")[0] for hit in before} <= {404, 410}
    after = client.search(sketch.read_bytes(), "?k=12")[1]["hits"]
    kept = [(hit["path"], hit["score"]) for hit in before if "golfcourse" not in hit["path"]]
    assert [(hit["path"], hit["score"]) for hit in after] == kept
    assert {client.ask("GET", f"/picture/{hit['picture']}")[0] for hit in after} == {200}


def test_an_index_in_the_place_of_another_is_taken_up(client, archive, system, index_folder, sketch):
    shutil.rmtree(index_folder)
    status, told = client.search(sketch.read_bytes())
    assert status == 503
    assert "cannot be read just now" in told["problem"]
    shutil.rmtree(archive / "tiles" / "golfcourse")
    build_index(archive, index_folder, system, progress=False)
    assert client.search(sketch.read_bytes())[1]["windows"] == 8


def test_many_ask_at_the_same_time(client, sketch):
    body = sketch.read_bytes()
    expected = client.search(body)
    with ThreadPoolExecutor(8) as pool:
        assert all(answer == expected for answer in pool.map(lambda _: client.search(body), range(24)))


def held(monkeypatch):
    """Searches wait: an event that one has begun, an event that lets all go on, and a list with an entry for each."""
    begun, go_on, made = threading.Event(), threading.Event(), []
    search = Index.nearest

    def slow(*arguments):
        made.append(arguments)
        begun.set()
        assert go_on.wait(60)
        return search(*arguments)

    monkeypatch.setattr(Index, "nearest", slow)
    return begun, go_on, made


def test_a_search_that_nobody_waits_for_any_more_is_not_made(index_folder, sketch, monkeypatch, caplog):
    begun, go_on, made = held(monkeypatch)
    body = sketch.read_bytes()
    with in_thread(index_folder) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.search, body)
        assert begun.wait(60)
        with socket.create_connection(("127.0.0.1", client.port), timeout=60) as line:
            line.sendall(b"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            assert client.ask("GET", "/")[0] == 200
        for _ in range(3):  # the server hears that the line is cut before it answers these
            client.ask("GET", "/")
        go_on.set()
        assert first.result()[0] == 200
        assert client.search(body)[0] == 200
    assert len(made) == 2
    assert caplog.text == ""


def test_who_would_wait_too_long_is_asked_to_come_again(index_folder, sketch, monkeypatch):
    begun, go_on, made = held(monkeypatch)
    monkeypatch.setattr("zsr_lib.search.serving.live_index.WAITING", 2)
    body = sketch.read_bytes()
    with in_thread(index_folder) as client, ThreadPoolExecutor(8) as pool:
        first = pool.submit(client.search, body)
        assert begun.wait(60)
        others = [pool.submit(client.ask, "POST", "/search", body) for _ in range(5)]
        refused = [answer.result() for answer in islice(as_completed(others), 3)]
        assert {(status, headers["Retry-After"]) for status, headers, _ in refused} == {(503, str(AGAIN))}
        assert client.ask("GET", "/")[0] == 200
        go_on.set()
        assert first.result()[0] == 200
        assert sorted(answer.result()[0] for answer in others) == [200, 200, 503, 503, 503]
        assert client.search(body)[0] == 200
    assert len(made) == 4


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", b"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nhalf"]
)
def test_who_says_nothing_or_half_of_it_is_not_waited_for(index_folder, monkeypatch, sent):
    for name in ("IDLE", "SLOW"):
        monkeypatch.setattr(f"zsr_lib.search.serving.limits.{name}", 0.2)
    with in_thread(index_folder) as client, socket.create_connection(("127.0.0.1", client.port), timeout=20) as line:
        line.sendall(sent)
        assert line.recv(100) == b""


def test_the_page_answers_while_a_search_takes_long(index_folder, sketch, monkeypatch):
    begun, go_on, _ = held(monkeypatch)
    with in_thread(index_folder) as client, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.search, sketch.read_bytes())
        assert begun.wait(60)
        assert client.ask("GET", "/")[0] == 200
        assert client.ask("GET", "/picture/0/0")[0] == 200
        go_on.set()
        assert answer.result()[0] == 200


def test_a_defect_is_told_without_its_traceback(client, sketch, monkeypatch, caplog):
    def defect(*_):
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(LiveIndex, "_search", defect)
    status, _, told = client.ask("POST", "/search", sketch.read_bytes())
    assert status == 500
    assert b"secret" not in told
    assert b"Traceback" not in told
    assert "a secret of the inside" in caplog.text


def test_an_empty_index_finds_nothing(client, archive, system, index_folder, sketch):
    for path in archive.rglob("*.png"):
        path.unlink()
    (archive / "broken.png").write_text("no picture")
    build_index(archive, index_folder, system, progress=False)
    assert client.search(sketch.read_bytes()) == (200, {"windows": 0, "hits": []})


def test_names_come_through_as_they_are(archive, system, tmp_path, sketch):
    odd = archive / "<b>odd & “name”%2e.png"
    shutil.copy(sketch, odd)
    build_index(archive, tmp_path / "odd", system, progress=False)
    with in_thread(tmp_path / "odd") as client:
        hits = client.search(sketch.read_bytes(), "?k=13")[1]["hits"]
        hit = next(hit for hit in hits if hit["path"] == odd.name)
        assert client.ask("GET", f"/picture/{hit['picture']}")[0] == 200


def test_where_a_picture_lies_is_told(system, tmp_path, sketch):
    rasterio = pytest.importorskip("rasterio")
    (tmp_path / "scenes").mkdir()
    pixels = np.asarray(Image.open(sketch)).transpose(2, 0, 1)
    transform = rasterio.transform.from_origin(500_000, 5_700_000, 1, 1)
    with rasterio.open(
        tmp_path / "scenes" / "a.tif",
        "w",
        driver="GTiff",
        width=64,
        height=64,
        count=3,
        dtype="uint8",
        crs="EPSG:32631",
        transform=transform,
    ) as scene:
        scene.write(pixels)
    build_index(tmp_path / "scenes", tmp_path / "placed", system, progress=False)
    with in_thread(tmp_path / "placed") as client:
        (hit,) = client.search(sketch.read_bytes())[1]["hits"]
        assert hit["place"]["crs"] == "EPSG:32631"
        assert hit["place"]["lonlat"][0] == pytest.approx(3, abs=1e-6)
        assert client.ask("GET", f"/picture/{hit['picture']}")[0] == 200
