"""Scenes, files of an index and HTTP that somebody spoiled: never a wrong answer, never a traceback."""

import io
import socket
from urllib.parse import urlencode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.fuzz import often, spoiled, told, values
from tests.search.serving.servers import in_thread
from zsr_lib.search.building import build_index
from zsr_lib.search.calibration import calibrated, write_calibration
from zsr_lib.search.filters import Filter, read_filter
from zsr_lib.search.index import Index
from zsr_lib.search.scenes import open_scene
from zsr_lib.search.windows import Window

RASTERS = ("uint8", "uint16", "float32")


@pytest.fixture(scope="session")
def made(generated, model_folder, tmp_path_factory):
    """An index that is written over again and again, its bytes, and what it answers."""
    from zsr_lib.search.embedding import embedder

    root = tmp_path_factory.mktemp("fuzzed")
    (root / "archive").mkdir()
    for number, pixels in enumerate(generated.photos.of_classes(["runway"]).pixels[:6]):
        Image.fromarray(np.asarray(pixels)).save(root / "archive" / f"{number}.png")
    build_index(root / "archive", root / "index", embedder(model_folder), progress=False)
    chances = calibrated(np.eye(4), np.array(list("abab")), np.array(list("abab")), "dice")
    write_calibration(root / "index", chances)
    return root


def answers(folder):
    index = Index(folder)
    code = np.linspace(-1, 1, index.form.length, dtype=np.float32)
    told = index.calibration.expected([0.3])
    return index.nearest(code, 4), index.nearest(code, 9, Filter(path="[0-3].png")), told


@often
@given(st.data())
def test_whatever_is_written_over_an_index_no_answer_changes(made, data):
    folder = made / "index"
    path = folder / data.draw(st.sampled_from(["index.db", "codes-0.bin", "calibration.json", "index.db.sha256"]))
    good = path.read_bytes()
    expected = answers(folder)
    try:
        path.write_bytes(data.draw(spoiled([good])))
        assert told(lambda: answers(folder)) in (None, expected)
    finally:
        path.write_bytes(good)


@pytest.fixture(scope="session")
def rasters(tmp_path_factory):
    rasterio = pytest.importorskip("rasterio")
    folder, dice = tmp_path_factory.mktemp("rasters"), np.random.default_rng(0)
    made = []
    for kind in RASTERS:
        about = {"driver": "GTiff", "width": 20, "height": 12, "count": 3, "dtype": kind, "crs": "EPSG:32633"}
        about["transform"] = rasterio.Affine(1, 0, 5e5, 0, -1, 5e6)
        with rasterio.open(folder / f"{kind}.tif", "w", **about) as file:
            file.write(dice.integers(0, 255, (3, 12, 20)).astype(kind))
        made.append((folder / f"{kind}.tif").read_bytes())
    return folder, made


@often
@given(st.data())
def test_a_spoiled_raster_is_read_or_named(rasters, data):
    folder, good = rasters
    path = folder / "spoiled.tif"
    path.write_bytes(data.draw(spoiled(good)))
    told(lambda: look_at(path))


def look_at(path):
    with open_scene(path) as scene:
        window = Window(0, 0, min(scene.width, 16), min(scene.height, 16))
        assert scene.read(window, 8).shape == (8, 8, 3)
        assert 0 <= scene.valid(window) <= 1
        assert isinstance(scene.place(window), dict)


TYPED = st.none() | st.text(max_size=12) | st.sampled_from(["1,2,3,4", "2026-01-01", "[", "nan,inf,0,0", "9999-12-31"])


@often
@given(TYPED, TYPED, TYPED)
def test_whatever_is_typed_is_a_filter_or_named(bbox, path, since):
    found = told(lambda: read_filter(bbox, path, since))
    assert found is None or isinstance(found, Filter)


@pytest.fixture(scope="session")
def server(made):
    with in_thread(made / "index") as client:
        yield client


def drawing():
    pixels, stream = np.full((32, 32, 3), 255, np.uint8), io.BytesIO()
    pixels[8:12] = 0
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


PNG = drawing()
REQUESTS = [
    b"GET /info HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    b"GET /picture/0/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"POST /search?k=3&more=0/1&path=*.png HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: "
    + str(len(PNG)).encode()
    + b"\r\n\r\n"
    + PNG,
]


@often
@given(spoiled(REQUESTS))
def test_whatever_is_sent_the_server_goes_on(server, data):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionError:  # cut, as is its right
            answer = b""
    assert b"Traceback" not in answer
    assert b"met a defect" not in answer
    status, hits = server.search(PNG, "?k=3")
    assert (status, len(hits["hits"])) == (200, 3)


WORDS = st.sampled_from(["k", "bbox", "path", "since", "more", "less", "photo"])


@often
@given(st.dictionaries(WORDS, values.map(str)), spoiled([PNG]))
def test_whatever_is_asked_is_answered_in_words(server, query, body):
    try:
        asked = urlencode(query)
    except UnicodeEncodeError:  # half a surrogate cannot be asked
        return
    status, answer = server.search(body, f"?{asked}")
    assert status in (200, 400, 503), answer
    assert "hits" in answer or (answer["problem"] and answer["remedy"])
