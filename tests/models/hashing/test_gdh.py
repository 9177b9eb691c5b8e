from dataclasses import replace

import pytest
import torch

from tests.models.shapes import shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.hashing.discrete import class_codes, signs
from zsr_lib.models.hashing.gdh import FAINT
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

OPTIONS = {
    "features": {"backbone": "pixels", "size": 32},
    "bits": 12,
    "width": 4,
    "training": {"steps": 30, "batch_size": 16, "learning_rate": 0.001, "update_every": 10},
}
QUIET = Run(progress=False)


def test_makers_critics_and_hash_network_all_move_and_sketches_come_nearer_to_their_photos():
    method = create("gdh", OPTIONS)
    history = method.fit(shapes_task(), QUIET)
    names = set(history.steps[0])
    assert {"makers/cycle of photo", "critics/photo", "hash/together", "makers/together"} <= names
    for term in ("hash/code of photo", "hash/code of sketch", "hash/together"):
        assert history.curve(term)[1][-1] < history.curve(term)[1][0]


def test_codes_are_those_of_their_class_and_the_network_decides_where_a_class_is_undecided():
    method = create("gdh", OPTIONS)
    found = []

    def watched(step):
        targets = method.net.targets
        before = {name: targets.codes(name).clone() for name in targets.names}
        type(method).update(method, step)
        outputs = {name: targets.outputs(name) for name in targets.names}
        after = {name: targets.codes(name).clone() for name in targets.names}
        found.append((before, outputs, after, targets.labels))

    method.update = watched
    method.fit(shapes_task(), QUIET)
    before, outputs, after, labels = found[1]
    centres = class_codes(torch.cat(list(labels.values())), torch.cat(list(before.values())), 4)
    for name, codes in after.items():
        assert torch.equal(codes, signs(centres[labels[name]] + FAINT * outputs[name]))
        decided = centres[labels[name]].abs() > 0.05
        assert decided.any()
        assert torch.equal(codes[decided], signs(centres[labels[name]])[decided])


def test_a_sketch_is_coded_where_it_has_migrated_to():
    method = create("gdh", OPTIONS)
    method.fit(shapes_task(), QUIET)
    sketches = torch.randn(5, 1024)
    expected = method.net.hash(method.net.makers["photo"](sketches))
    assert torch.equal(method.net.encode("sketch", sketches), expected)
    assert torch.equal(method.net.encode("photo", sketches), method.net.hash(sketches))


def test_codes_differ_between_classes_from_the_first_step_on():
    method = create("gdh", {"size": 32, "width": 2, "blocks": 1, "backbone": "small_cnn", "bits": 16, "augment": False})
    codes = []

    def watched(step):
        type(method).update(method, step)
        codes.append(method.net.targets.codes("photo").clone())

    method.update = watched
    training = replace(method.config.training, steps=2, batch_size=4, update_every=1)
    method.config = replace(method.config, training=training)
    method.fit(shapes_task(), QUIET)
    assert len(codes[0].unique(dim=0)) >= 4
    assert (codes[0] == codes[0][:1]).all(dim=0).sum() < 8


@pytest.mark.parametrize("options", [{"size": 30}, {"width": 0}, {"blocks": -1}])
def test_sizes_that_do_not_fit_are_refused(options):
    with pytest.raises(BadInputError, match="size that 4 divides"):
        create("gdh", options)
