import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.errors import BadInputError, DataNotFoundError
from zsr_lib.experiments.earlier import experiment_of, rescoring_of
from zsr_lib.experiments.run_cell import rescore, run_cell
from zsr_lib.reporting.run_record import MODEL, RECORD
from zsr_lib.reporting.seals import scoring_of, sealed, training_of


@pytest.fixture
def ran(cells, shelf, where):
    """(a finished run, the cell that it is of)."""
    cell = cells(directions=["sketch→photo"])[0]
    return run_cell(cell, shelf, where)[0], cell


def rewritten(record, change):
    """The record on disk with its plain form changed, sealed as a version of before would have."""
    path = record.folder / RECORD
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(sealed(values)))


def test_what_is_trained_and_how_it_is_scored_share_nothing(cells):
    plain, other = cells()[0], cells(metrics=["Acc@1"], retrieval={"rerank": 3}, directions=["photo→photo"])[0]
    assert plain.training == other.training
    assert plain.training != cells()[1].training != cells(config={"noise": 0.6})[1].training
    assert scoring_of(plain.setting) != scoring_of(other.setting)
    assert set(scoring_of(other.setting)) == {"metrics", "directions", "no_relevant", "retrieval"}
    both = training_of(other.setting, "s", 0) | scoring_of(other.setting)
    assert both == other.setting | {"split": "s", "seed": 0}


def test_a_record_gives_its_experiment_back(cells, shelf, where):
    cell = cells(retrieval={"no_relevant": "skip", "relevance": "class", "ties": "stable"}, variants={"a": {}})[0]
    record, _ = run_cell(cell, shelf, where)
    assert record.setting["no_relevant"] == "skip"
    assert record.setting["retrieval"] == {"ties": "stable"}
    assert experiment_of(record).retrieval == cell.experiment.retrieval
    assert rescoring_of(record).setting == cell.setting
    assert rescoring_of(record).variant == record.variant


def test_a_system_scored_otherwise_is_not_trained_again(ran, cells, shelf, where, colour):
    first, _ = ran
    other = cells(directions=["sketch→photo", "photo→photo"], retrieval={"rerank": 4})[0]
    record, is_new = run_cell(other, shelf, where)
    assert is_new
    assert len(colour.fitted_from) == 1
    assert record.trained == {"run": first.folder.name, "code": first.provenance.code, "finished": first.finished}
    assert first.trained is None
    assert record.history == first.history
    assert record.audit == first.audit
    assert record.seconds["fit"] == first.seconds["fit"]
    fresh, _ = run_cell(other, shelf, replace(where, runs=where.runs / "elsewhere"))
    assert len(colour.fitted_from) == 2
    assert fresh.trained is None
    assert fresh.results == record.results
    assert fresh.folder.name == record.folder.name


def test_other_code_trains_again(ran, cells, shelf, where, colour):
    code = where.provenance.code | {"library": "other"}
    run_cell(cells()[0], shelf, replace(where, provenance=replace(where.provenance, code=code)))
    assert len(colour.fitted_from) == 2


def test_a_run_is_scored_anew_by_command(ran, shelf, where, colour):
    first, _ = ran
    assignments = ("retrieval.rerank=24", "directions=[photo→sketch, sketch→photo]", "metrics=[Acc@1]")
    with pytest.raises(BadInputError, match="holds 16 items"):
        rescore(first, rescoring_of(first, assignments), shelf, where)
    assert not list(where.runs.glob("colours/*.part"))
    cell = rescoring_of(first, ("retrieval.rerank=16", *assignments[1:]))
    record = rescore(first, cell, shelf, where)
    assert len(colour.fitted_from) == 1
    assert record.overrides == cell.plan.overrides
    assert list(record.results) == ["photo→sketch", "sketch→photo"]
    assert list(record.results["photo→sketch"]["metrics"]) == ["Acc@1"]
    assert record.folder != first.folder
    assert record.trained["run"] == first.folder.name
    again = rescore(record, rescoring_of(record), shelf, where)
    assert again.folder == record.folder
    assert (again.results, again.trained) == (record.results, record.trained)
    assert rescoring_of(record, ("retrieval.rerank=2",)).plan.overrides == (*assignments[1:], "retrieval.rerank=2")


def test_a_run_scored_anew_as_it_was_keeps_its_place_and_its_numbers(ran, shelf, where):
    first, cell = ran
    code = where.provenance.code | {"library": "later"}
    later = replace(where, provenance=replace(where.provenance, code=code))
    record = rescore(first, rescoring_of(first), shelf, later)
    assert record.folder == first.folder
    assert record.results == first.results
    assert record.provenance.code["library"] == "later"
    assert record.trained["code"] == first.provenance.code
    assert run_cell(cell, shelf, where) == (record, False)


def test_what_needs_another_training_is_refused(ran, shelf, where, dataset, monkeypatch):
    first, _ = ran
    for assignment in ("config.noise=1", "seeds=[1]", "data.size=9", "nonsense=1"):
        with pytest.raises(BadInputError, match="no matter of scoring"):
            rescoring_of(first, (assignment,))
    moved = replace(first, provenance=replace(first.provenance, data={"eoc": "other"}))
    object.__setattr__(moved, "folder", first.folder)
    with pytest.raises(BadInputError, match="was trained on other data"):
        rescore(moved, rescoring_of(first), shelf, where)
    shutil.rmtree(first.folder / MODEL)
    with pytest.raises(DataNotFoundError, match="holds no fitted system"):
        rescore(first, rescoring_of(first), shelf, where)


def test_a_run_from_before_an_option_was_added_is_kept(ran, shelf, where, colour):
    first, cell = ran

    def older(values):
        del values["setting"]["data"]["seen_from"], values["setting"]["config"]["leak"]
        values["variant"] = "other"

    rewritten(first, older)
    moved = first.folder.with_name(first.folder.name[:-3] + "abc")
    first.folder.rename(moved)
    record, is_new = run_cell(cell, shelf, where)
    assert not is_new
    assert record.folder == moved
    assert len(colour.fitted_from) == 1
    assert np.isfinite(record.per_query("sketch→photo")["AP@all/std"]).all()
