import pytest

from tests.models.shapes import shapes_task
from tests.models.tokens.test_zse_sbir import OPTIONS
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run


def test_its_defaults_are_those_of_the_release():
    config = create("mlagt").config
    assert (config.levels, config.cross.heads, config.cross.hidden, config.second) == (True, 12, 1024, "cross")
    assert (config.losses.triplet, config.losses.relation, config.margin) == (2.0, 0.0, 1.0)
    assert (config.training.learning_rate, config.training.weight_decay, config.training.batch_size) == (2e-5, 0.01, 10)
    assert config.trunk.keep == ()


@pytest.mark.parametrize("relation", [0.0, 4.0])
def test_filtered_tokens_are_what_is_kept_and_compared(relation):
    """16 patches, of which half stay in one layer and 0.9 in the next: 8; the head compares 8 with 8."""
    task = shapes_task()
    trunk = OPTIONS["trunk"] | {"keep": [0.5, 0.9]}
    made = create("mlagt", OPTIONS | {"trunk": trunk, "losses": {"relation": relation}})
    made.fit(task, Run(progress=False))
    tokens = made.tokens(task.gallery())
    assert tokens.shape == (12, 1 + 8, 24)
    if relation:
        assert made.net.head.perceptron[0].in_features == 8 * 8


def test_heads_that_do_not_fit_are_an_error_when_it_is_fitted():
    with pytest.raises(BadInputError, match="12 heads cannot share a width of 32"):
        create("mlagt", OPTIONS | {"cross": {"heads": 12}, "trunk": OPTIONS["trunk"] | {"width": 32}}).fit(
            shapes_task(), Run(progress=False)
        )
