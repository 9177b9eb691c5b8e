import json

from zsr_lib.training.history import History


def test_curves_skip_rows_without_the_term():
    history = History(
        [{"step": 1, "a": 0.5}, {"step": 2, "b": 1.0}, {"step": 3, "a": 0.25}], [{"step": 3, "score": 0.9}]
    )
    assert history.curve("a") == ([1, 3], [0.5, 0.25])
    assert history.curve("score") == ([3], [0.9])
    assert history.curve("c") == ([], [])


def test_json_keeps_everything():
    history = History([{"step": 1, "a": 0.1}], [{"step": 1, "score": 1 / 3}], 1, 2.5, {"resumed": 2})
    assert History(**json.loads(json.dumps(history.as_dict()))) == history


def test_stages_are_joined_in_order():
    first = History([{"step": 2, "a": 1.0, "total": 1.0}, {"step": 4, "a": 0.5, "total": 0.5}], [], None, 2.0, {"n": 1})
    second = History([{"step": 3, "b": 3.0, "total": 3.0}], [{"step": 3, "score": 0.9}], 3, 1.0, {"m": 2})
    joined = History.joined({"tuning": first, "": second})
    assert joined.curve("tuning/a") == ([2, 4], [1.0, 0.5])
    assert joined.curve("total") == ([7], [3.0])
    assert joined.curve("score") == ([7], [0.9])
    assert (joined.best_step, joined.seconds, joined.notes) == (7, 3.0, {"tuning/n": 1, "m": 2})
    assert History.joined({"one": second}).curve("one/score") == ([3], [0.9])


def test_one_stage_without_a_name_stays_itself():
    history = History([{"step": 1, "a": 0.1}], [{"step": 1, "score": 0.5}], 1, 2.5, {"k": "v"})
    assert History.joined({"": history}) == history
    assert History.joined({}) == History()
