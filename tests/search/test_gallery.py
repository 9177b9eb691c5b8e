"""Photos in memory, searched by several systems."""

from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.search.gallery import Gallery, group_of
from zsr_lib.search.query import query_pixels


@pytest.fixture
def sketch(generated):
    return query_pixels(np.asarray(generated.sketches.of_classes(["runway"]).pixels[0]), 64)


@pytest.fixture
def task(generated):
    return build_task(generated, "generated-14-6", 0, 2)


@pytest.fixture
def gallery(system, task):
    return Gallery({"hog": system.method}, task)


def test_the_order_is_that_of_the_systems_codes(gallery, system, task, sketch):
    found = gallery.search(sketch, "hog", 7, "unseen")
    photos = task.gallery("unseen")
    codes, query = system.method.embed(photos), system.sketches(sketch[None])[0]
    cosines = codes @ query / np.linalg.norm(codes, axis=1) / np.linalg.norm(query)
    order = np.argsort(-cosines)[:7]
    assert [photo.name for photo in found.photos] == photos.class_names[order].tolist()
    assert np.allclose([photo.score for photo in found.photos], cosines[order])
    assert np.array_equal(found.photos[0].pixels, photos.pixels[order[0]])
    assert found.searched == len(photos)


def test_parts_are_the_tasks_groups_and_all_of_them(gallery, task, sketch):
    assert gallery.groups == ("unseen", "validation", "seen", "all")
    for group in ("unseen", "validation", "seen"):
        found = gallery.search(sketch, "hog", 20, group)
        assert {photo.group for photo in found.photos} == {group}
        assert {photo.name for photo in found.photos} <= set(task.classes(group))
    everything = gallery.search(sketch, "hog", 1000, "all")
    assert len(everything.photos) == everything.searched == len(task.dataset.photos)
    assert {photo.group for photo in everything.photos} == {"unseen", "validation", "seen"}


def test_without_a_task_nobody_says_what_was_seen(system, generated, sketch):
    for source in (generated, generated.photos):
        gallery = Gallery({"hog": system.method}, source)
        assert gallery.groups == ("all",)
        assert {photo.group for photo in gallery.search(sketch, "hog", 5).photos} == {""}


def test_codes_are_made_once_and_only_for_what_is_searched(gallery, system, sketch, task, monkeypatch):
    embedded, told = [], []
    plain = system.method.embed
    monkeypatch.setattr(
        system.method, "embed", lambda items: embedded.append((items.modality, len(items))) or plain(items)
    )
    for group in ("unseen", "unseen", "all", "all"):
        gallery.search(sketch, "hog", 3, group, report=lambda done, of: told.append((done, of)))
    unseen, everything = len(task.photos("unseen")), len(task.dataset.photos)
    assert [count for modality, count in embedded if modality == "photo"] == [unseen, everything - unseen]
    assert told == [(0, unseen), (unseen, unseen), (0, everything - unseen), (everything - unseen,) * 2]


def test_another_distance_gives_other_scores(gallery, sketch):
    cosine, euclidean = (gallery.search(sketch, "hog", 3, "all", name).photos for name in (None, "euclidean"))
    assert cosine[0].score == pytest.approx(1 - cosine[0].distance)
    assert euclidean[0].score == -euclidean[0].distance < 0


def test_what_does_not_exist_is_said(gallery, sketch):
    with pytest.raises(UnknownNameError, match="system 'hogg'"):
        gallery.search(sketch, "hogg")
    with pytest.raises(UnknownNameError, match="gallery 'unsen'"):
        gallery.search(sketch, "hog", group="unsen")
    with pytest.raises(BadInputError, match="cannot be compared by 'hamming'"):
        gallery.search(sketch, "hog", distance="hamming")
    with pytest.raises(BadInputError, match="0 photos"):
        gallery.search(sketch, "hog", 0)


def test_a_gallery_needs_a_system_and_pixels(system, generated):
    with pytest.raises(BadInputError, match="0 systems"):
        Gallery({}, generated)
    with pytest.raises(BadInputError, match="pixels"):
        Gallery({"hog": system.method}, replace(generated.photos, pixels=None))


def test_an_answer_can_be_read_aloud(gallery, sketch):
    words = gallery.search(sketch, "hog", 2, "unseen").in_words()
    assert words.startswith("A sketch and the 2 photos that hog finds nearest to it by cosine distance among ")
    assert words.count("(unseen)") == 2
    assert "photos of unseen classes" in words
    assert "classes" not in gallery.search(sketch, "hog", 2, "all").in_words()


def test_which_group_a_class_is_in(generated):
    task = build_task(generated, "generated-14-6", validation_classes=["airplane"])
    asked = (task.seen[0].upper(), "Aeroplane", task.unseen[0], "volcano")
    assert [group_of(task, name) for name in asked] == ["seen", "validation", "unseen", ""]
