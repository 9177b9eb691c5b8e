import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.models.shapes import TINY, shapes_task
from zsr_lib.errors import UnknownNameError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.registry import create
from zsr_lib.models.tokens.cross import Branch, CrossConfig
from zsr_lib.models.words.text_cross import TextBranch, also_read, sentence_tokens
from zsr_lib.training.config import Run

FILE = str(Path(__file__).with_name("described_shapes.yaml"))
OPTIONS = {
    "features": TINY,
    "block": 2,
    "width": 64,
    "hidden": 32,
    "reduced": 8,
    "dropout": 0.0,
    "cross": {"heads": 2, "hidden": 32, "dropout": 0.0},
    "training": {"steps": 3, "batch_size": 8, "learning_rate": 1e-3, "precision": "float64"},
}


def branch(kind, value):
    torch.manual_seed(0)
    return kind(4, CrossConfig(1, 8, value, 0.0)).double().eval()


@pytest.mark.parametrize("value", ["own", "other"])
def test_without_text_it_is_the_plain_exchange(value):
    own, other = torch.randn(2, 3, 5, 4, dtype=torch.float64)
    for made, expected in zip(branch(TextBranch, value)(own, other), branch(Branch, value)(own, other), strict=True):
        assert torch.equal(made, expected)


@pytest.mark.parametrize("value", ["own", "other"])
def test_text_adds_keys_and_values_by_the_formula(value):
    """One head, one token by hand: softmax over the partner's keys and the sentences', values beside them."""
    made, (own, other) = branch(TextBranch, value), torch.randn(2, 1, 2, 4, dtype=torch.float64)
    text = torch.randn(1, 3, 4, dtype=torch.float64)
    seen, weights = [], made(own, other, text)[1][0, 0]
    made.attention.out.register_forward_hook(lambda module, given, out: seen.append(given[0]))
    made(own, other, text)
    layers = made.attention
    keys = [layers.key(each) for each in (*other[0], *text[0])]
    values = [layers.value(each) for each in (*(own if value == "own" else other)[0], *text[0])]
    scores = [float(layers.query(own[0, 0]) @ key) / math.sqrt(4) for key in keys]
    share = [math.exp(each) / sum(map(math.exp, scores)) for each in scores]
    assert weights[0].tolist() == pytest.approx(share)
    expected = sum(each * v for each, v in zip(share, values, strict=True))
    assert seen[0][0, 0].tolist() == pytest.approx(expected.tolist())


def test_a_class_with_fewer_sentences_repeats_them():
    found = sentence_tokens(("cross", "bar"), FILE, FeaturesConfig("words"))
    assert found.shape == (2, 2, 1024)
    np.testing.assert_array_equal(found[1, 0], found[1, 1])
    assert (found[0, 0] != found[0, 1]).any()


def test_a_class_without_description_is_named():
    task = shapes_task()
    with pytest.raises(UnknownNameError, match=r"class described in aerial\.yaml 'bar'"):
        create("map_cmaan", OPTIONS).fit(task, Run(progress=False))


def fitted(**options):
    method = create("map_cmaan", OPTIONS | options)
    history = method.fit(shapes_task(), Run(progress=False))
    return method, history


def test_sentences_change_training_and_are_never_read_afterwards():
    """The same first weights; other codes after steps with sentences; codes that do not depend on them any more."""
    with_them, _ = fitted(descriptions=FILE)
    without, _ = fitted(descriptions="")
    photos = shapes_task().gallery()
    codes = with_them.embed(photos)
    assert np.abs(codes - without.embed(photos)).max() > 1e-6
    with_them.net.texts = torch.zeros_like(with_them.net.texts)
    np.testing.assert_array_equal(with_them.embed(photos), codes)
    assert not [name for name in with_them.state_dict() if "texts" in name]
    assert {part.name for part in with_them.trained_parts()} - {part.name for part in without.trained_parts()} == {
        "descriptions"
    }


def test_without_sentences_it_trains_as_its_parent():
    _, history = fitted(descriptions="")
    parent = create("map_tokens", OPTIONS)
    known = parent.fit(shapes_task(), Run(progress=False))
    assert [row.keys() for row in history.steps] == [row.keys() for row in known.steps]


def test_the_term_that_draws_codes_to_sentences_is_logged_where_it_counts():
    losses = {"losses": {"text": 1.0}}
    assert "text" in fitted(descriptions=FILE, **losses)[1].steps[0]
    assert "text" not in fitted(descriptions=FILE)[1].steps[0]
    assert replace(create("cmaan").config.losses).text == 0


def test_what_an_encoder_has_read_nobody_knows():
    plain = {"sizes": {}, "pretraining": {"weights": "imagenet", "classes": 1000}}
    assert also_read(plain, FeaturesConfig("words")) == plain
    told = also_read(plain, FeaturesConfig("sentence_encoder", "mini.onnx"))["pretraining"]
    assert told == {"weights": "imagenet and mini.onnx", "classes": None}
