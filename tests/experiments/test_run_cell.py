import json
from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.errors import BusyError, ZsrError
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments import materials
from zsr_lib.experiments import run_cell as module
from zsr_lib.experiments.behind import code_behind
from zsr_lib.experiments.earned import BEHIND
from zsr_lib.experiments.run_cell import run_cell
from zsr_lib.experiments.scoring import score
from zsr_lib.experiments.tables_cli import described
from zsr_lib.files import exclusive
from zsr_lib.models.saving import load
from zsr_lib.reporting.run_record import RECORD, read_record


def below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_run_leaves_one_complete_folder(cells, shelf, where):
    cell = cells()[0]
    record, is_new = run_cell(cell, shelf, where)
    assert is_new
    assert record.folder.parent == where.runs / "colours"
    assert below(record.folder) == ["model/model.json", "model/model.safetensors", "per_query.npz", RECORD]
    assert set(record.files) == {"model/model.json", "model/model.safetensors", "per_query.npz"}
    assert [path.name for path in record.folder.parent.iterdir() if path.name != ".locks"] == [record.folder.name]


def test_the_record_says_what_a_reader_needs(cells, shelf, where, dataset):
    cell = cells(groups={"both": ["eoc-sample-5"]}, published=[{"value": 0.6, "metric": "mAP", "source": "a paper"}])[0]
    record, _ = run_cell(cell, shelf, where)
    assert record.setting["config"] == {"steps": 4, "noise": 0.5, "leak": ""}
    assert record.task["classes"]["unseen"] == ["buildings", "freeway", "runway", "tenniscourt"]
    assert record.provenance.data == {"eoc": dataset[0].checksum}
    assert record.provenance.code == where.provenance.code | {BEHIND: code_behind("colour")}
    assert record.audit["label"] == "clean"
    assert record.audit["parts"] == [{"name": "matrix", "classes": record.task["classes"]["seen"], "items": 0}]
    (looked,) = record.audit["observed"]
    assert looked == {"name": "photo items of 'eoc'", "classes": record.task["classes"]["seen"], "items": 48}
    assert record.history["steps"][3] == {"step": 3, "total": 0.25}
    assert record.groups == {"both": ("eoc-sample-5",)}
    assert record.published[0].value == 0.6
    report = record.results["sketch→photo"]
    assert report["protocol"]["queries"] == 16
    assert report["protocol"]["gallery"] == 24
    assert report["chance"]["AP@all/std"] < report["metrics"]["AP@all/std"] <= report["oracle"]["AP@all/std"] == 1
    json.dumps(record.as_dict(), allow_nan=False)


def test_the_means_are_those_of_the_per_query_values(cells, shelf, where):
    record, _ = run_cell(cells()[0], shelf, where)
    for direction, report in record.results.items():
        values = record.per_query(direction)
        assert len(values["ids"]) == len(values["labels"]) == report["protocol"]["queries"]
        for metric, value in report["metrics"].items():
            assert np.mean(values[metric]) == pytest.approx(value)


def test_the_saved_system_gives_the_recorded_numbers(cells, shelf, where):
    cell = cells()[0]
    record, _ = run_cell(cell, shelf, where)
    method = load(record.folder / module.MODEL)
    task = shelf.task(cell.experiment.data, cell.split, cell.seed)
    again = score(method, task, cell.experiment.metrics, cell.experiment.directions)
    for direction, scored in again.items():
        assert scored.evaluation.micro("AP@all/std") == record.results[direction]["metrics"]["AP@all/std"]


def test_a_finished_cell_is_kept_unless_told_otherwise(cells, shelf, where, colour):
    cell = cells()[0]
    first, _ = run_cell(cell, shelf, where)
    second, is_new = run_cell(cell, shelf, where)
    assert (second, is_new) == (first, False)
    assert len(colour.fitted_from) == 1
    third, is_new = run_cell(cell, shelf, replace(where, again=True))
    assert is_new
    assert third.folder == first.folder
    assert third.finished > first.finished
    assert third.results == first.results


def test_a_stopped_cell_goes_on_where_it_was(cells, shelf, where, colour, monkeypatch):
    whole, _ = run_cell(cells("whole")[0], shelf, where)
    cell = cells()[0]
    monkeypatch.setattr(colour, "stop_at", 3)
    with pytest.raises(KeyboardInterrupt):
        run_cell(cell, shelf, where)
    assert not list(where.runs.glob(f"colours/*/{RECORD}"))
    monkeypatch.setattr(colour, "stop_at", None)
    record, is_new = run_cell(cell, shelf, where)
    assert is_new
    assert colour.fitted_from == (0, 0, 3)
    assert record.results == whole.results
    assert not list(where.runs.glob("colours/*.part"))


def test_again_starts_from_nothing(cells, shelf, where, colour, monkeypatch):
    monkeypatch.setattr(colour, "stop_at", 3)
    with pytest.raises(KeyboardInterrupt):
        run_cell(cells()[0], shelf, where)
    monkeypatch.setattr(colour, "stop_at", None)
    run_cell(cells()[0], shelf, replace(where, again=True))
    assert colour.fitted_from == (0, 0)


def test_a_run_killed_before_its_folder_got_its_name_is_finished_not_repeated(cells, shelf, where, colour):
    cell = cells()[0]
    record, _ = run_cell(cell, shelf, where)
    work = record.folder.with_name(record.folder.name + ".part")
    record.folder.rename(work)
    again, _ = run_cell(cell, shelf, where)
    assert again == record
    assert len(colour.fitted_from) == 1
    assert not work.exists()


def test_a_leaking_run_is_refused_before_anything_is_scored(cells, shelf, where, monkeypatch):
    monkeypatch.setattr(module, "scored_as_saved", lambda *_, **__: pytest.fail("was scored"))
    with pytest.raises(LeakError, match="matrix"):
        run_cell(cells(config={"leak": "yes"})[0], shelf, where)
    assert not list(where.runs.glob(f"*/*/{RECORD}"))


def test_a_legacy_run_that_leaks_is_labelled(cells, shelf, where):
    record, _ = run_cell(cells(method="legacy_colour", config={"leak": "yes"})[0], shelf, where)
    assert record.audit["label"] == "legacy"
    assert "buildings" in record.audit["leaks"][0]


def test_same_cell_same_numbers_and_another_seed_others(cells, shelf, where):
    first, second = (run_cell(cell, shelf, where)[0] for cell in cells()[:2])
    assert first.results != second.results
    repeated, _ = run_cell(cells()[0], shelf, replace(where, runs=where.runs / "other"))
    assert repeated.results == first.results
    assert repeated.files == first.files


def test_one_process_at_a_time(cells, shelf, where, dataset):
    cell = cells()[0]
    name = cell.folder_name(shelf.checksums(cell.experiment.data))
    with (
        exclusive(where.runs / "colours" / ".locks" / name, "testing"),
        pytest.raises(BusyError, match="colours, eoc-sample-4-airplane-seen, seed 0"),
    ):
        run_cell(cell, shelf, where)


def test_a_damaged_run_is_named_not_overwritten(cells, shelf, where):
    record, _ = run_cell(cells()[0], shelf, where)
    (record.folder / RECORD).write_text("{")
    with pytest.raises(ZsrError, match=record.folder.name):
        run_cell(cells()[0], shelf, where)
    run_cell(cells()[0], shelf, replace(where, again=True))
    assert read_record(record.folder).results == record.results


def test_data_without_sketches_are_run_from_photo_to_photo(cells, shelf, where, dataset, monkeypatch):
    photos = replace(dataset[0], name="ucmerced", items={"photo": dataset[0].photos})
    monkeypatch.setattr(materials, "load_dataset", lambda *_, **__: photos)
    data = {"dataset": "ucmerced", "size": 8}
    record, _ = run_cell(cells(data=data, directions=["photo→photo"])[0], shelf, where)
    assert list(record.results) == ["photo→photo"]
    assert record.results["photo→photo"]["protocol"]["queries"] == 24


def test_a_split_by_items_is_run_and_audited_by_items(cells, shelf, where):
    asked = {"splits": ["by-item-50-choice-0"], "seeds": [0], "retrieval": {"no_relevant": "skip"}}
    record, _ = run_cell(cells(**asked)[0], shelf, where)
    assert record.task["protocol"] == "seen-class by-item-50-choice-0 on eoc, 14 validation items by seed 0"
    assert record.results["sketch→photo"]["protocol"]["queries"] == record.task["sketches"]["unseen"]
    assert record.audit["label"] == "clean"
    options = {"method": "legacy_colour", "config": {"leak": "yes"}}
    leaky, _ = run_cell(cells(**asked, **options)[0], shelf, where)
    assert leaky.audit["label"] == "legacy"
    assert leaky.audit["leaks"][0].startswith("'photo items of 'eoc'' has seen unseen items photo/")


def test_a_split_by_items_says_that_its_classes_are_seen(cells, shelf, where):
    record, _ = run_cell(
        cells(splits=["by-item-50-choice-0"], seeds=[0], retrieval={"no_relevant": "skip"})[0], shelf, where
    )
    protocol = record.results["sketch→photo"]["protocol"]
    assert (protocol["setting"], protocol["name"].split("; ")[1]) == ("seen-class", "seen-class")


def test_a_generalised_run_tells_seen_from_unseen_queries(cells, shelf, where):
    rules = {"setting": "generalised-both-20", "no_relevant": "skip"}
    record, _ = run_cell(cells(directions=["sketch→photo"], retrieval=rules)[0], shelf, where)
    told = record.results["sketch→photo"]["seen_unseen"]["AP@all/std"]
    assert f"AP@all/std: seen {told['seen']:.4f}, unseen {told['unseen']:.4f}, harmonic" in described(record)
