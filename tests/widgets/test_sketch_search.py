"""The widget, driven as the browser drives it: by its traits."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from tests.widgets.conftest import png
from zsr_lib.errors import BadInputError
from zsr_lib.models.method import Method
from zsr_lib.models.saving import save
from zsr_lib.search.archive import Archive
from zsr_lib.search.building import build_index
from zsr_lib.search.embedding import embedder
from zsr_lib.search.gallery import Gallery
from zsr_lib.search.index import Index
from zsr_lib.search.query import query_pixels
from zsr_lib.widgets import SketchSearch


@pytest.fixture
def search(gallery):
    return SketchSearch(gallery, count=5)


@pytest.fixture
def drawn(search, drawing):
    """After a stroke."""
    search.pad.png = drawing
    return search


def names(search):
    return [photo["name"] for photo in search.results.photos]


def expected(gallery, drawing, *asked):
    return [photo.name for photo in gallery.search(query_pixels(drawing, 64), *asked).photos]


def test_a_stroke_brings_photos_with_class_group_and_score(search, gallery, drawing):
    assert search.results.photos == []
    assert "Draw" in search.results.message
    search.pad.png = drawing
    assert names(search) == expected(gallery, drawing, "floats", 5, "unseen")
    first = search.results.photos[0]
    assert first["group"] == "unseen"
    assert float(first["score"]) == pytest.approx(search.found.photos[0].score, abs=6e-4)
    assert first["url"].startswith("data:image/jpeg;base64,")
    assert (search.results.failed, search.results.progress) == (False, -1)


def test_every_choice_ranks_again(drawn, gallery, drawing):
    controls = drawn.controls
    controls.count.value = 8
    assert names(drawn) == expected(gallery, drawing, "floats", 8, "unseen")
    controls.group.value = "all"
    assert names(drawn) == expected(gallery, drawing, "floats", 8, "all")
    controls.distance.value = "l1"
    assert names(drawn) == expected(gallery, drawing, "floats", 8, "all", "l1")
    controls.system.value = "bits"
    assert names(drawn) == expected(gallery, drawing, "bits", 8, "all", "hamming")
    assert drawn.results.photos[0]["score"].removeprefix("-").isdecimal()


def test_another_system_brings_its_own_distances_and_one_search(drawn, monkeypatch):
    asked, plain = [], drawn.gallery.search
    monkeypatch.setattr(drawn.gallery, "search", lambda *these: asked.append(these[1:5]) or plain(*these))
    assert drawn.controls.distance.options == ("cosine", "euclidean", "l1")
    drawn.controls.distance.value = "euclidean"
    drawn.controls.system.value = "bits"
    assert drawn.controls.distance.options == ("hamming",)
    drawn.controls.system.value = "floats"
    assert drawn.controls.distance.value == "cosine"
    assert asked == [
        ("floats", 5, "unseen", "euclidean"),
        ("bits", 5, "unseen", "hamming"),
        ("floats", 5, "unseen", "cosine"),
    ]


def test_an_emptied_pad_takes_the_photos_away(drawn):
    drawn.results.chosen = 0
    drawn.pad.png = b""
    assert drawn.results.photos == []
    assert drawn.results.overlays == {}
    assert drawn.results.chosen == -1
    assert drawn.found is None
    assert not drawn.results.failed
    drawn.controls.explain.value = True
    assert drawn.results.overlays == {}


def test_a_drawing_without_ink_is_said_and_the_next_one_works(drawn, drawing):
    drawn.pad.png = png(np.full((64, 64, 3), 255, np.uint8))
    assert drawn.results.failed
    assert "empty" in drawn.results.message
    assert drawn.results.photos == []
    assert isinstance(drawn.failure, BadInputError)
    drawn.pad.png = drawing
    assert len(drawn.results.photos) == 5
    assert drawn.failure is None
    assert not drawn.results.failed


def test_what_was_looked_at_is_shown_for_the_chosen_photo(drawn):
    drawn.results.chosen = 2
    assert list(drawn.results.overlays) == ["2"]
    first = drawn.results.overlays["2"]
    drawn.results.chosen = 1
    assert list(drawn.results.overlays) == ["1"]
    assert drawn.results.overlays["1"] != first
    drawn.results.chosen = -1
    assert drawn.results.overlays == {}


def test_and_for_the_first_ones_where_that_is_asked_for(drawn, monkeypatch):
    drawn.controls.explain.value = True
    assert list(drawn.results.overlays) == ["0", "1", "2"]
    drawn.results.chosen = 4
    assert list(drawn.results.overlays) == ["0", "1", "2", "4"]
    before = dict(drawn.results.overlays)
    drawn.controls.system.value = "bits"
    assert list(drawn.results.overlays) == ["0", "1", "2"]
    assert drawn.results.overlays["0"] != before["0"]
    assert drawn.results.chosen == -1


@dataclass(frozen=True)
class NoOptions:
    pass


class Refuses(Method):
    """Embeds photos, and fails on sketches in the way it is told."""

    Config = NoOptions

    def __init__(self, error):
        super().__init__()
        self.error = error

    def fit(self, task, run=None):
        raise NotImplementedError

    def embed(self, items):
        if items.modality == "sketch":
            raise self.error
        return np.ones((len(items), 4), np.float32)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BadInputError("there are no sketches here.", "take photos."), "there are no sketches here. What to do: take"),
        (ZeroDivisionError("by zero"), "'other' failed: ZeroDivisionError: by zero"),
    ],
)
def test_a_system_that_fails_is_said_and_the_widget_lives_on(systems, task, drawing, error, said):
    search = SketchSearch(Gallery({"floats": systems["floats"], "other": Refuses(error)}, task))
    search.pad.png = drawing
    search.controls.system.value = "other"
    assert search.results.failed
    assert said in search.results.message
    assert "Traceback" not in search.results.message
    assert search.failure is error
    assert search.results.photos == []
    search.controls.system.value = "floats"
    assert len(search.results.photos) == 12
    assert not search.results.failed


def test_a_failed_look_keeps_the_photos(drawn, monkeypatch):
    monkeypatch.setattr(type(drawn.found), "looked_at", lambda *_: 1 / 0)
    drawn.results.chosen = 0
    assert drawn.results.failed
    assert "ZeroDivisionError" in drawn.results.message
    assert len(drawn.results.photos) == 5


def test_photos_that_are_embedded_are_counted(gallery, drawing, monkeypatch):
    monkeypatch.setattr("zsr_lib.search.gallery.TOGETHER", 10)
    search, told = SketchSearch(gallery), []
    search.results.observe(lambda change: told.append(change.new), "progress")
    search.pad.png = drawing
    assert told == pytest.approx([0, 10 / 36, 20 / 36, 30 / 36, 1, -1])


def test_every_control_has_a_name(search):
    assert [each.description for each in search.controls.children] == [
        "System",
        "Classes",
        "Photos",
        "Distance",
        "what it looked at, for the first 3",
    ]
    assert search.pad.label


def test_examples_are_one_sketch_of_each_class(gallery, task):
    sketches = task.queries()
    found = SketchSearch(gallery, sketches).pad.examples
    assert sorted(each["name"] for each in found) == sorted(task.unseen)
    assert all(each["url"].startswith("data:image/png;base64,") for each in found)


def test_without_a_browser_the_same_answer_is_a_figure(drawn, gallery, drawing, tmp_path):
    (tmp_path / "sketch.png").write_bytes(drawing)
    figure = drawn.figure(tmp_path / "sketch.png")
    titles = [axis.get_title() for axis in figure.axes if axis.images]
    assert [title.split()[1] for title in titles[1:]] == names(drawn)
    plt.close(figure)
    words = drawn.ask(tmp_path / "sketch.png", "bits", "all", 3).in_words()
    assert words.startswith("A sketch and the 3 photos that bits finds nearest")


def test_a_picture_comes_from_the_browser_as_a_memoryview(drawn, drawing):
    drawn.pad.png = b""
    drawn.pad.set_state({"strokes": [], "png": memoryview(drawing)})
    assert drawn.pad.png == drawing
    assert len(drawn.results.photos) == 5


def test_ones_own_pictures_are_searched_by_their_index(systems, task, drawing, tmp_path):
    (tmp_path / "pictures").mkdir()
    for number in range(3):
        Image.fromarray(np.asarray(task.dataset.photos.pixels[number])).save(tmp_path / "pictures" / f"{number}.png")
    save(systems["floats"], tmp_path / "model")
    build_index(tmp_path / "pictures", tmp_path / "index", embedder(tmp_path / "model"), progress=False)
    search = SketchSearch(Archive(Index(tmp_path / "index")))
    search.pad.png = drawing
    assert sorted(names(search)) == ["0.png", "1.png", "2.png"]
    assert search.controls.group.options == ("all",)
    search.results.chosen = 1
    assert list(search.results.overlays) == ["1"]
