"""A stranger hands in codes; somebody forges."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.cli import main
from zsr_lib.configs import build
from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.experiments import named_tasks
from zsr_lib.experiments.boards import boards_of
from zsr_lib.experiments.named_tasks import METRICS, NamedTask, checksum_of_items
from zsr_lib.experiments.submission import Declared, Submission
from zsr_lib.experiments.submitted import check_names, check_submission
from zsr_lib.experiments.submitting import submit
from zsr_lib.experiments.summary import current
from zsr_lib.experiments.tables_cli import keep_record
from zsr_lib.experiments.verifying import verify
from zsr_lib.files import sha256_of
from zsr_lib.reporting.per_query import PER_QUERY
from zsr_lib.reporting.run_record import CODES, read_record, read_records, write_record

TASK = "eoc-sample-5"
WHAT = Submission("Ours", TASK, "sketch→photo", "euclidean", Declared(0, "resnet50", "ImageNet-1k", "nine classes"))
METRIC = "AP@all/std"


@pytest.fixture(autouse=True)
def task(dataset, shelf, monkeypatch):
    """The named task on the small data set of these tests."""
    made, _ = dataset
    data = {"dataset": "eoc", "size": 8, "validation_classes": 0}
    built = shelf.task(build(NamedTask, {"data": data, "items": {}}).data, TASK, 0)
    items = {
        name: checksum_of_items(built.test_items(name).ids, built.test_items(name).class_names) for name in made.items
    }
    known = {TASK: build(NamedTask, {"data": data, "items": items})}
    monkeypatch.setattr(named_tasks, "named_tasks", lambda: known)
    return built


@pytest.fixture
def strangers(task, tmp_path):
    """Writes a stranger's file: mean colours of the task's items in an order of their own, with changes."""

    def write(name="codes.npz", **changes):
        arrays = {}
        for side, modality in (("query", "sketch"), ("gallery", "photo")):
            items = task.test_items(modality)
            order = np.random.default_rng(5).permutation(len(items))
            colours = np.asarray(items.pixels, dtype=np.float64).reshape(len(items), -1, 3).mean(axis=1)
            each = {"codes": colours, "ids": items.ids.astype(str), "labels": items.class_names.astype(str)}
            arrays |= {f"{side}_{field}": values[order] for field, values in each.items()}
        for key, change in changes.items():
            arrays[key] = change(arrays[key])
        np.savez(tmp_path / name, **arrays)
        return tmp_path / name

    return write


@pytest.fixture
def handed(strangers, shelf, tmp_path):
    return submit(strangers(), WHAT, shelf, tmp_path / "runs")


def test_a_strangers_codes_come_onto_the_board_without_a_rank(handed, cells, shelf, where, tmp_path):
    from zsr_lib.experiments.run_cell import run_cell

    ours = run_cell(cells(seeds=[0], groups={"five": [TASK]}, config={"noise": 0.0})[2], shelf, where)[0]
    assert handed.results["sketch→photo"]["metrics"][METRIC] == pytest.approx(
        ours.results["sketch→photo"]["metrics"][METRIC], abs=1e-9
    )
    for record in (handed, ours):
        keep_record(record, tmp_path / "kept")
    records = read_records(tmp_path / "kept")
    board = next(each for each in boards_of(records) if each.direction == "sketch→photo")
    assert {(entry.audit, entry.rank) for entry in board.entries} == {("unwatched", None), ("clean", (1, 1))}
    assert set(METRICS) <= set(board.metrics)
    kept = next(record for record in records if record.title == "Ours")
    check_submission(kept)
    assert verify(kept, shelf, where).state == "agrees"


def test_it_is_scored_again_where_the_data_are_not(handed, monkeypatch):
    from zsr_lib.experiments import materials

    monkeypatch.setattr(materials, "load_dataset", None)
    check_submission(handed)


def test_the_same_again_is_the_same_record(handed, strangers, shelf, tmp_path):
    assert submit(strangers(), WHAT, shelf, tmp_path / "runs").folder == handed.folder


@pytest.mark.parametrize("side", ["query", "gallery"])
def test_wrong_labels_are_refused(strangers, shelf, tmp_path, side):
    changes = {f"{side}_labels": lambda labels: np.roll(labels, 1)}
    with pytest.raises(BadInputError, match=f"{side}_labels are wrong: .* is .*, not "):
        submit(strangers(**changes), WHAT, shelf, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gallery_labels": lambda labels: np.arange(len(labels))}, "30 gallery_labels are wrong"),
        ({"gallery_ids": lambda ids: np.char.add(ids, "x")}, "the gallery has no items of the unseen classes"),
        ({"gallery_ids": lambda ids: ids[[0, *range(len(ids) - 1)]]}, "1 gallery_ids are there twice"),
    ],
)
def test_items_that_are_not_the_tasks_are_refused(strangers, shelf, tmp_path, changes, reason):
    with pytest.raises(BadInputError, match=reason):
        submit(strangers(**changes), WHAT, shelf, tmp_path / "runs")


def rows_changed(strangers, choose):
    """A file in which a side has other rows: `choose` gets the ids and gives rows."""
    path = strangers()
    with np.load(path, allow_pickle=False) as archive:
        arrays = dict(archive)
    rows = choose(arrays["gallery_ids"], arrays["gallery_labels"])
    arrays |= {name: values[rows] for name, values in arrays.items() if name.startswith("gallery")}
    np.savez(path, **arrays)
    return path


def test_a_gallery_without_an_unseen_class_is_refused(strangers, shelf, tmp_path, task):
    lost = task.unseen[0]
    path = rows_changed(strangers, lambda ids, labels: labels != lost)
    with pytest.raises(BadInputError, match=f"the gallery has no items of the unseen classes {lost}"):
        submit(path, WHAT, shelf, tmp_path / "runs")


def test_a_gallery_that_lacks_hard_items_is_refused(strangers, shelf, tmp_path):
    path = rows_changed(strangers, lambda ids, labels: np.arange(1, len(ids)))
    with pytest.raises(BadInputError, match="the gallery lacks 1 of 30 items, such as "):
        submit(path, WHAT, shelf, tmp_path / "runs")


def test_a_gallery_with_items_of_seen_classes_is_refused(strangers, shelf, tmp_path, task):
    path = strangers()
    with np.load(path, allow_pickle=False) as archive:
        arrays = dict(archive)
    more = {"gallery_codes": np.ones((1, 3)), "gallery_ids": [task.seen[0]], "gallery_labels": [task.seen[0]]}
    np.savez(path, **arrays | {name: np.concatenate([arrays[name], value]) for name, value in more.items()})
    with pytest.raises(BadInputError, match="1 gallery items are not the task's"):
        submit(path, WHAT, shelf, tmp_path / "runs")


def test_codes_without_ids_are_refused(strangers, shelf, tmp_path):
    path = strangers()
    with np.load(path, allow_pickle=False) as archive:
        np.savez(path, **{name: archive[name] for name in archive.files if not name.endswith("ids")})
    with pytest.raises(BadInputError, match="a submission needs ids"):
        submit(path, WHAT, shelf, tmp_path / "runs")


def test_a_name_and_codes_stand_for_one_row(handed, strangers, shelf, tmp_path):
    other = strangers("other.npz", query_codes=lambda codes: codes + 1)
    with pytest.raises(BadInputError, match=r"'OURS' is in .* with other codes"):
        submit(other, replace(WHAT, name="OURS"), shelf, tmp_path / "runs")
    with pytest.raises(BadInputError, match="handed in already, as 'Ours'"):
        submit(strangers(), replace(WHAT, name="Theirs"), shelf, tmp_path / "runs")
    assert submit(other, replace(WHAT, name="Theirs"), shelf, tmp_path / "runs").folder != handed.folder


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "two\nlines"])
def test_names_that_cannot_stand_in_a_table(name):
    with pytest.raises(BadInputError, match="name"):
        replace(WHAT, name=name)


def test_leagues_are_those_that_there_are():
    with pytest.raises(BadInputError, match="there is no league 7"):
        Declared(7)


# From here on the forger seals anew whatever is changed: the record's seal and all checksums fit.


def forged(record, **changes):
    write_record(replace(record, **changes), record.folder)
    return read_record(record.folder)


def results_of(record):
    return json.loads(json.dumps(record.results))


def rewritten(path, **changes):
    with np.load(path, allow_pickle=False) as archive:
        arrays = dict(archive)
    for name, change in changes.items():
        arrays[name] = change(arrays[name])
    np.savez_compressed(path, **arrays)
    return sha256_of(path)


@pytest.mark.parametrize("part", ["metrics", "macro", "chance", "oracle"])
def test_a_better_number_is_refused(handed, part):
    results = results_of(handed)
    results["sketch→photo"][part][METRIC] += 0.01
    with pytest.raises(BadFileError, match=f"'Ours' .* is refused: its {part} of {METRIC} are not those of its codes"):
        check_submission(forged(handed, results=results))


def test_a_better_class_and_a_narrower_interval_are_refused(handed):
    for part in ("per_class", "interval"):
        results = results_of(handed)
        values = results["sketch→photo"][part][METRIC]
        key = next(iter(values)) if isinstance(values, dict) else 0
        values[key] += 0.01
        with pytest.raises(BadFileError, match=f"its {part} of"):
            check_submission(forged(handed, results=results))


def test_edited_values_of_queries_are_refused(handed):
    path = handed.folder / PER_QUERY
    files = handed.files | {PER_QUERY: rewritten(path, **{f"sketch→photo/{METRIC}": lambda values: values[::-1]})}
    with pytest.raises(BadFileError, match=f"the values of its queries by {METRIC} are not those of its codes"):
        check_submission(forged(handed, files=files))
    with pytest.raises(BadFileError, match="the values of its queries are missing"):
        check_submission(forged(handed, files={CODES: handed.files[CODES]}))


def test_codes_exchanged_afterwards_are_refused(handed):
    path = handed.folder / CODES
    checksum = rewritten(path, query_codes=lambda codes: codes[::-1])
    with pytest.raises(BadFileError, match=r"its codes\.npz is missing, or is not what was handed in"):
        check_submission(handed)
    with pytest.raises(BadFileError, match="are not those of its codes"):
        check_submission(forged(handed, files=handed.files | {CODES: checksum}))


def test_other_labels_or_a_smaller_gallery_beside_the_record_are_refused(handed):
    path = handed.folder / CODES
    kept = path.read_bytes()
    rows = {f"gallery_{name}": lambda values: values[1:] for name in ("codes", "ids", "labels")}
    for changes in ({"gallery_labels": lambda labels: labels[::-1]}, rows):
        path.write_bytes(kept)
        files = handed.files | {CODES: rewritten(path, **changes)}
        with pytest.raises(BadFileError, match="the gallery items are not those of eoc-sample-5"):
            check_submission(forged(handed, files=files))


def test_a_submission_cannot_call_itself_clean_or_take_another_protocol(handed):
    with pytest.raises(BadFileError, match="it is called clean, but nobody watched"):
        check_submission(forged(handed, audit=handed.audit | {"label": "clean"}))
    results = results_of(handed)
    results["sketch→photo"]["protocol"]["name"] += "; subsample 1/2 of queries"
    with pytest.raises(BadFileError, match="its protocol is"):
        check_submission(forged(handed, results=results))


def test_a_submission_cannot_take_the_place_of_another_row(handed, strangers, shelf, tmp_path):
    with pytest.raises(BadFileError, match="it says that it belongs to another experiment"):
        check_submission(forged(handed, experiment="eoc-zseoc-plus"))
    forged(handed, experiment=handed.experiment)
    other = strangers("other.npz", query_codes=lambda codes: codes + 1)
    second = submit(other, replace(WHAT, name="Theirs"), shelf, tmp_path / "runs")
    check_names([handed, second])
    with pytest.raises(BadFileError, match="another one has its name"):
        check_names([handed, forged(second, title="ours", point={"variant": "ours"})])


def test_one_name_may_stand_on_several_boards(strangers, shelf, tmp_path, task, handed):
    path = strangers()
    with np.load(path, allow_pickle=False) as archive:
        arrays = dict(archive)
    turned = {"query": "gallery", "gallery": "query"}
    np.savez(path, **{f"{turned[name.split('_')[0]]}_{name.split('_')[1]}": each for name, each in arrays.items()})
    other = submit(path, replace(WHAT, direction="photo→sketch"), shelf, tmp_path / "runs")
    check_names([handed, other])
    kept, left_out = current([handed, other])
    assert (len(kept), left_out) == (2, {})
    assert {board.direction for board in boards_of(kept)} == {"sketch→photo", "photo→sketch"}


def test_the_codes_are_kept_with_the_record_and_missing_ones_are_said(handed, tmp_path):
    folder = keep_record(handed, tmp_path / "kept")
    check_submission(read_record(folder))
    (folder / CODES).unlink()
    with pytest.raises(BadFileError, match="missing"):
        check_submission(read_record(folder))


def test_the_command_writes_items_takes_codes_and_verifies_them(strangers, tmp_path, capsys, task):
    def zsr(*arguments):
        with pytest.raises(SystemExit) as caught:
            main([*map(str, arguments)])
        return caught.value.code, *capsys.readouterr()

    status, out, _ = zsr("submit", "--task", TASK, "--items", tmp_path / "items.npz")
    assert status == 0
    with np.load(tmp_path / "items.npz", allow_pickle=False) as items:
        assert sorted(items["query_ids"]) == sorted(task.test_items("sketch").ids)
        assert items["gallery_labels"].tolist() == task.test_items("photo").class_names.tolist()
    runs = ("--runs", tmp_path / "runs")
    status, _, err = zsr("submit", strangers(), "--task", TASK, *runs)
    assert (status, "need a name and a league" in err) == (2, True)
    given = ("--task", TASK, "--name", "Ours", "--league", "0", "--distance", "euclidean", *runs)
    status, out, _ = zsr("submit", strangers(), *given)
    assert status == 0
    assert "AP@200/std/rel_in_k" in out
    status, out, _ = zsr("verify", *runs)
    assert (status, out.splitlines()[-1]) == (0, "1 of 1 stored runs: agrees 1, differs 0, left out 0")
    status, out, _ = zsr("table", *runs)
    assert "submitted-eoc-sample-5-sketch-to-photo (Ours) ⁂" in out
    shutil.rmtree(tmp_path / "runs" / "queries")
    status, out, _ = zsr("verify", *runs)
    assert (status, "differs 1" in out) == (1, True)
