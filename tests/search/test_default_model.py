"""The system that ships, and the script that trained it."""

import gzip

import numpy as np
import pytest
from click.testing import CliRunner

from tests.scenes import PER_CLASS
from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.plain_drawings import plain_drawings
from zsr_lib.evaluation.protocols import Protocol, select
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side
from zsr_lib.features.weights import imagenet_classes
from zsr_lib.search.default_data import SEEN, UNSEEN, default_task, statistics_data
from zsr_lib.search.default_model import DEFAULT_MODEL
from zsr_lib.search.embedding import embedder
from zsr_lib.search.onnx import export_sketches
from zsr_lib.search.train_default import OPTIONS, main

MEGABYTES, PAGE_MEGABYTES, LENGTH = 5, 6, 128 + 192


def test_it_is_small_and_has_a_card():
    assert sum(path.stat().st_size for path in DEFAULT_MODEL.glob("model.*")) < MEGABYTES * 1e6
    card = (DEFAULT_MODEL / "README.md").read_text()
    assert "generated" in card
    assert all(name in card for name in UNSEEN)


def test_it_is_what_the_script_says_and_saw_no_class_that_it_is_tested_on():
    system = embedder().method
    assert system.name == "fused"
    own = {name: (each.of, each.weight) for name, each in system.config.parts.items()}
    assert own == {name: (each["of"], each["weight"]) for name, each in OPTIONS["parts"].items()}
    backbones = [each.options["features"]["backbone"] for each in system.config.parts.values()]
    assert backbones == [each["options"]["features"]["backbone"] for each in OPTIONS["parts"].values()]
    seen = {name for part in system.trained_parts() for name in part.classes}
    assert seen >= set(SEEN)
    assert not seen & set(UNSEEN)


def test_its_card_names_what_it_is_made_of_and_what_pretraining_knew():
    card = (DEFAULT_MODEL / "README.md").read_text()
    for each in embedder().method.config.parts.values():
        assert each.options["features"]["backbone"] in card
    near = {"airliner", "warplane", "castle", "palace", "mobile home"}
    assert near <= set(imagenet_classes())
    assert all(name in card for name in near)
    assert not {"runway", "freeway", "highway", "tennis court"} & set(imagenet_classes())


def test_no_class_that_it_is_tested_on_is_among_what_it_is_fitted_on(session_cache, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(session_cache))
    data = statistics_data(64, 1, 1)
    for items in data.items.values():
        assert set(items.class_names) == set(SEEN)
    assert len(data.sketches) == 2 * len(data.photos)
    assert data.checksum != statistics_data(64, 1, 2).checksum


def test_the_page_gets_a_small_file_with_the_librarys_codes(tmp_path):
    import onnxruntime

    system, drawings = embedder(), np.asarray(plain_drawings().pixels[::25])
    export_sketches(system, tmp_path / "sketch.onnx", half=True)
    assert len(gzip.compress((tmp_path / "sketch.onnx").read_bytes())) < PAGE_MEGABYTES * 1e6
    session = onnxruntime.InferenceSession(tmp_path / "sketch.onnx")
    for drawing, own in zip(drawings, system.sketches(drawings), strict=True):
        code = session.run(["code"], {"pixels": drawing[None]})[0][0]
        assert code @ own / np.linalg.norm(code) / np.linalg.norm(own) > 0.9999


def test_generated_scenes_of_classes_that_it_never_saw_are_found(session_cache, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(session_cache))
    # Another seed than the scenes that it was trained on.
    dataset = load_dataset("generated", size=64, per_class=8, seed=1, progress=False)
    system, protocol = embedder(), Protocol("sketch→photo", "zero-shot", distance="cosine")
    seen = [name for name in dataset.classes if name not in UNSEEN]
    sides = (
        Side(system.sketches(dataset.sketches.pixels), dataset.sketches.class_names),
        Side(system.photos(dataset.photos.pixels), dataset.photos.class_names),
    )
    found = evaluate(*select(protocol, *sides, seen, UNSEEN), ["AP@all/std"], protocol).micro("AP@all/std")
    shuffled = np.random.default_rng(0).permutation(len(dataset.photos))
    chance = Side(sides[1].codes[shuffled], dataset.photos.class_names)
    assert (
        found
        > evaluate(*select(protocol, sides[0], chance, seen, UNSEEN), ["AP@all/std"], protocol).micro("AP@all/std")
        + 0.2
    )


def test_the_script_writes_a_system_that_can_be_used(tmp_path, session_cache, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(session_cache))
    asked = ["--out", str(tmp_path / "new"), "--steps", "2", "--per-class", str(PER_CLASS)]
    ended = CliRunner().invoke(main, [*asked, "--measured", "1"])
    assert ended.exit_code == 0, ended.output
    assert embedder(tmp_path / "new").photos(np.zeros((1, 64, 64, 3), np.uint8)).shape == (1, LENGTH)


def test_its_task_leaves_the_classes_out(generated):
    task = default_task(generated)
    assert set(task.unseen) == set(UNSEEN)
    assert not set(task.photos("seen").class_names) & set(UNSEEN)


@pytest.mark.real_data
def test_real_hands_find_real_photos_of_classes_that_it_never_saw():
    dataset = load_dataset("eoc", size=256, progress=False)
    system, protocol = embedder(), Protocol("sketch→photo", "zero-shot", distance="cosine")
    sides = (
        Side(system.sketches(dataset.sketches.pixels), dataset.sketches.class_names),
        Side(system.photos(dataset.photos.pixels), dataset.photos.class_names),
    )
    seen = [name for name in dataset.classes if name not in UNSEEN]
    found = evaluate(*select(protocol, *sides, seen, UNSEEN), ["AP@all/std"], protocol)
    assert found.micro("AP@all/std") > 0.2 + 0.1  # five classes with 100 photos each: chance is a little above 0.2
