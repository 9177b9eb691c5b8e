from zsr_lib.experiments.fitted import measures_of
from zsr_lib.training.history import History


def test_named_numbers_of_a_fit():
    validations = [{"step": 1, "score": 0.2}, {"step": 2, "score": 0.6}, {"step": 3, "score": 0.5}]
    notes = {"pretext accuracy": 0.8, "fine-tuning": {"photo": {}}, "errors": [3.0], "converged": True}
    assert measures_of(History(validations=validations, notes=notes)) == {
        "best validation": 0.6,
        "pretext accuracy": 0.8,
    }
    assert measures_of(History()) is None
