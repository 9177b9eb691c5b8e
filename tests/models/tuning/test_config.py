import pytest

from zsr_lib.configs import build, plain
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.tuning.config import FinetuneConfig, TailConfig


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("own_classes", 0), ("own_items", 0), ("auxiliary_classes", 0), ("auxiliary_items", -1)),
        *(("temperature", 0.0), ("keep", 1.5), ("keep", -0.1), ("floor", -0.02), ("knowledge", -1.0)),
    ],
)
def test_a_number_that_cannot_be_right_is_refused(option, value):
    with pytest.raises(BadInputError, match=rf"tail\.{option} is {value}"):
        build(TailConfig, {option: value})


def test_a_misspelt_option_names_the_nearest():
    with pytest.raises(UnknownNameError, match="leave_out"):
        build(TailConfig, {"leave_uot": ["airplane"]})


def test_options_come_back_from_what_a_record_keeps():
    config = build(TailConfig, {"block": 3, "apart": ["river"], "training": {"steps": 7}})
    assert (config.apart, config.training.steps) == (("river",), 7)
    assert build(TailConfig, plain(config)) == config


@pytest.mark.parametrize("options", [{"classes": "all"}, {"holdout": 1.0}, {"holdout": -0.1}])
def test_options_that_make_no_sense_say_so(options):
    with pytest.raises(BadInputError, match=r"finetune|unseen"):
        FinetuneConfig(**options)
