from dataclasses import replace

import numpy as np
import pytest

from tests.models.shapes import CLASSES, SPLIT, shapes, shapes_task
from zsr_lib.data.splits import Split
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
PIXELS = {"features": {"backbone": "pixels", "size": 16}}
TRAINING = {"training": {"steps": 3, "batch_size": 8}}
HASHING = {
    "dsh": PIXELS | TRAINING | {"semantics": "onehot"},
    "gdh": PIXELS | TRAINING,
    "zsh": PIXELS | {"semantics": "onehot"},
}
EACH = pytest.mark.parametrize("name", HASHING)


@EACH
@pytest.mark.parametrize("bits", [5, 8, 13])
def test_bits_need_no_full_bytes_and_what_fills_the_last_one_is_no_distance(name, bits):
    method = create(name, HASHING[name] | {"bits": bits})
    method.fit(shapes_task(), QUIET)
    codes = method.embed(shapes_task().gallery())
    assert codes.shape == (12, -(-bits // 8))
    assert not np.unpackbits(codes, axis=1)[:, bits:].any()


@EACH
@pytest.mark.parametrize(("bits", "says"), [(25, "24 training photo items cannot fill codes of 25"), (0, "0 bits")])
def test_more_bits_than_items_are_refused(name, bits, says):
    with pytest.raises(BadInputError, match=says):
        create(name, HASHING[name] | {"bits": bits}).fit(shapes_task(), QUIET)


@EACH
def test_one_class_is_nothing_to_tell_apart(name):
    one = Split("shapes-1-2", "shapes", CLASSES[:1], SPLIT.unseen)
    options = HASHING[name] | {"bits": 4}
    options |= {"training": {"steps": 1, "batch_size": 4}} if "training" in options else {}
    task = build_task(shapes(), one, validation_classes=0)
    with pytest.raises(BadInputError, match="fewer than two classes"):
        create(name, options).fit(task, QUIET)


@pytest.mark.parametrize("name", ["dsh", "zsh", "sse", "jlse"])
def test_a_class_without_a_vector_is_named(name):
    options = PIXELS | {"semantics": "attributes"}
    options |= {"bits": 4} if name in ("dsh", "zsh") else {}
    with pytest.raises(UnknownNameError, match="bar"):
        create(name, options | ({} if name == "zsh" else TRAINING)).fit(shapes_task(), QUIET)


def test_the_codes_of_the_training_items_are_gone_when_it_is_fitted():
    method = create("dsh", HASHING["dsh"] | {"bits": 8})
    method.fit(shapes_task(), QUIET)
    assert not [name for name in method.state_dict() if "targets" in name]
    with pytest.raises(BadInputError, match="sonar"):
        method.embed(replace(shapes_task().gallery(), modality="sonar"))
