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
