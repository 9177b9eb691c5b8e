from dataclasses import replace

import pytest

from tests.data.conftest import draw_tile
from zsr_lib.data import auxiliary
from zsr_lib.data.near_classes import STAYS
from zsr_lib.errors import UnknownNameError
from zsr_lib.experiments import materials
from zsr_lib.experiments.config import DataConfig, DataSource
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.run_cell import run_cell


@pytest.fixture
def drawn(monkeypatch):
    styles = []

    def draw(photos, style, **options):
        styles.append((style, options["per_photo"]))
        ids = photos.ids.astype(object) + f"@{style}"
        return replace(photos, ids=ids.astype(str), modality="sketch", origin="machine")

    monkeypatch.setattr(materials, "draw_items", draw)
    return styles


def test_neighbours_share_data_sets_and_drawings(dataset, shelf, drawn):
    data = DataConfig("eoc", 8, machine_sketches=("canny", "xdog"))
    tasks = [shelf.task(data, "eoc-sample-5", seed) for seed in (0, 1)]
    assert shelf.checksums(data) == {"eoc": "c0ffee"}
    assert dataset[1] == [("eoc", 8, {})]
    assert drawn == [("canny", 1), ("xdog", 1)]
    assert tasks[0].dataset is tasks[1].dataset
    assert len(tasks[0].machine_sketches("seen")) == 2 * len(tasks[0].photos("seen"))


def test_drawing_waits_until_a_task_is_needed(shelf, drawn):
    shelf.checksums(DataConfig("eoc", 8, machine_sketches=("canny",)))
    assert not drawn


def test_another_section_takes_its_place(dataset, shelf):
    for size in (8, 9, 8):
        shelf.task(DataConfig("eoc", size), "eoc-sample-5", 0)
    assert [size for _, size, _ in dataset[1]] == [8, 9, 8]


def test_the_seed_chooses_the_validation_classes(shelf):
    data = DataConfig("eoc", 8)
    chosen = {shelf.task(data, "eoc-sample-5", seed).validation for seed in range(5)}
    assert len(chosen) > 1
    assert shelf.task(DataConfig("eoc", 8, validation_classes=0), "eoc-sample-5", 0).validation == ()
    named = DataConfig("eoc", 8, validation_classes=("river",))
    assert shelf.task(named, "eoc-sample-5", 0).validation == ("river",)


def test_auxiliary_data_lose_the_classes_that_are_held_out_and_have_checksums_of_their_own(shelf):
    data = DataConfig("eoc", 8, auxiliary=(DataSource("sketchy"), DataSource("sketchy", 9)))
    assert list(shelf.checksums(data)) == ["eoc", "sketchy (auxiliary 1)", "sketchy (auxiliary 2)"]
    task = shelf.task(data, "eoc-sample-5", 0)
    assert all(set(other.classes) == set(task.seen) for other in task.auxiliary)


def test_seen_classes_can_come_from_another_data_set(shelf):
    data = DataConfig("eoc", 8, seen_from=DataSource("generated", 8))
    assert list(shelf.checksums(data)) == ["eoc", "generated (seen classes)"]
    task = shelf.task(data, "eoc-sample-5", 0)
    assert all(each.startswith("generated/") for each in task.photos("seen").ids.tolist())
    assert not any(each.startswith("generated/") for each in task.gallery().ids.tolist())


def test_your_own_folders_are_run_without_a_line_of_code(cells, where, tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))
    for seed, modality in enumerate(("photo", "ms")):
        for name in ("ponds", "quarries", "vineyards"):
            for index in range(2):
                draw_tile(tmp_path / "mine" / modality / name / f"{index}.png", 10 * seed + index)
    (tmp_path / "mine.txt").write_text("ponds\nquarries\n")
    data = {"folder": str(tmp_path / "mine"), "size": 8}
    (cell,) = cells(data=data, splits=[str(tmp_path / "mine.txt")], seeds=[0], directions=["ms->photo"])
    record, _ = run_cell(cell, Materials(progress=False), where)
    assert record.split.startswith(f"{tmp_path}/mine.txt#")
    assert record.task["classes"]["unseen"] == ["ponds", "quarries"]
    assert record.results["ms→photo"]["protocol"]["queries"] == 4
    with pytest.raises(UnknownNameError, match="in direction sketch→photo: 'sketch'"):
        cells(data=data, splits=[str(tmp_path / "mine.txt")], directions=["sketch→photo"])


def test_an_experiment_can_do_without_what_is_near(shelf, monkeypatch):
    monkeypatch.setattr(auxiliary, "near", lambda names, held, decision: ("river",) if decision == STAYS else ())
    data = DataConfig("eoc", 8, auxiliary=(DataSource("sketchy"),))
    for without_near in (False, True):
        (other,) = shelf.task(replace(data, without_near=without_near), "eoc-sample-5", 0).auxiliary
        assert ("river" in other.left_out) == without_near
