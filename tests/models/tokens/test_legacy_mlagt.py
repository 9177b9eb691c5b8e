import pytest

from tests.models.shapes import UNSEEN, shapes_task
from tests.models.tokens.test_zse_sbir import OPTIONS
from zsr_lib.evaluation.leaks import LeakError, audit
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

CHOOSING = OPTIONS | {"training": OPTIONS["training"] | {"steps": 4, "validate_every": 2}}


def test_it_chooses_on_the_test_and_the_audit_says_so():
    task = shapes_task()
    made = create("legacy_mlagt", CHOOSING)
    history = made.fit(task, Run(progress=False))
    assert len(history.validations) == 2
    parts = {part.name: part.classes for part in made.trained_parts()}
    assert parts["model selection"] == tuple(task.unseen) == UNSEEN
    assert audit(made.trained_parts(), task.unseen, legacy=True).label == "legacy"
    chosen_on = [items.ids.tolist() for items in made.validation_items(task)]
    assert chosen_on == [task.queries().ids.tolist(), task.gallery().ids.tolist()]
    with pytest.raises(LeakError):
        audit(made.trained_parts(), task.unseen)


def test_by_default_it_chooses_once_a_pass():
    training = create("legacy_mlagt").config.training
    assert (training.validate_every, training.steps, training.learning_rate) == (480, 14_400, 2e-5)


def test_the_clean_system_without_validation_classes_chooses_nothing():
    made = create("mlagt", CHOOSING)
    assert made.fit(shapes_task(), Run(progress=False)).validations == []
    assert [part.name for part in made.trained_parts()] == ["heads"]


def test_its_filtering_layers_lose_their_output_and_its_bands_are_fixed():
    task = shapes_task()
    made = {}
    for name in ("mlagt", "legacy_mlagt"):
        made[name] = create(name, OPTIONS | {"trunk": OPTIONS["trunk"] | {"keep": [0.5, 1.0]}})
        made[name].fit(task, Run(progress=False))
    assert [layer.loses_output for layer in made["legacy_mlagt"].net.trunk.layers] == [True, True]
    assert not any(layer.loses_output for layer in made["mlagt"].net.trunk.layers)
    bands = made["legacy_mlagt"].bands["photo"]
    assert (bands.mean.tolist(), bands.scale.tolist()) == ([127.5] * 3, [127.5] * 3)
