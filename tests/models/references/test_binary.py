from functools import partial

import numpy as np
import pytest

from zsr_lib.configs import build, plain
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.leaks import LeakError, audit
from zsr_lib.models.references.binary import BinaryConfig
from zsr_lib.models.references.hashes import grouped_means, random_hyperplanes
from zsr_lib.models.references.itq import fit_itq
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
FEATURES = {"features": {"backbone": "hog", "size": 64}}
PIXELS = {"features": {"backbone": "pixels", "size": 16}}
"""256 numbers, so that rotations are found in no time."""


def fitted(task, run=QUIET, **options):
    method = create("binary", {"of": "frozen", "options": PIXELS, "bits": 32} | options)
    return method, method.fit(task, run)


def test_every_part_says_which_classes_it_has_seen(task):
    for options, part in [({}, "ITQ"), ({"how": "sign", "bits": None}, "centring")]:
        method, _ = fitted(task, of="standardised", **options)
        assert {each.name: each.classes for each in method.trained_parts()} == {
            "standardisation": task.seen,
            part: task.seen,
        }
    bare, _ = fitted(task, of="standardised", how="sign", bits=None, centre=False)
    assert [each.name for each in bare.trained_parts()] == ["standardisation", "length"]


def test_the_inner_system_moves_with_it(task):
    method, _ = fitted(task, of="cnn_baseline", options=PIXELS | {"training": {"steps": 1, "batch_size": 8}})
    method.to("meta")
    assert {each.device.type for each in method.of.net.parameters()} == {"meta"}


def test_signs_are_those_of_the_centred_codes(task):
    method, _ = fitted(task, options=FEATURES, how="sign", bits=None)
    features = {items.modality: items.features for items in (task.photos("seen"), task.gallery())}
    unit = {name: each / np.linalg.norm(each, axis=1, keepdims=True) for name, each in features.items()}
    seen = task.photos("seen").features.astype(np.float64)
    mean = (seen / np.linalg.norm(seen, axis=1, keepdims=True)).mean(axis=0)
    bits = np.unpackbits(method.embed(task.gallery()), axis=1)[:, : len(mean)]
    clear = abs(unit["photo"] - mean) > 1e-6  # nearer to the centre, rounding decides
    assert clear.mean() > 0.99
    np.testing.assert_array_equal(bits[clear], (unit["photo"] > mean)[clear])


def test_each_modality_has_its_own_centre(task):
    """Half of the bits of a balanced code are 1; without centring, all features of one modality may be positive."""
    method, _ = fitted(task, options=FEATURES, how="sign", bits=None)
    for items in (task.photos("seen"), task.sketches("seen")):
        values = method.points(items) - method.centre[items.modality].numpy()
        np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-12)
    bare, _ = fitted(task, options=FEATURES, how="sign", bits=None, centre=False)
    assert np.unpackbits(bare.embed(task.gallery()), axis=1).mean() > 0.8  # HOG has no negative values


def test_itq_loses_less_than_it_would_from_its_random_start(task):
    _, history = fitted(task)
    errors = history.notes["ITQ errors"]
    assert len(errors) == 51
    assert (np.diff(errors) <= 1e-9).all()


def test_another_seed_gives_other_bits_of_the_same_codes(task):
    first, other = (fitted(task, Run(seed=seed, progress=False))[0] for seed in (0, 1))
    assert (first.embed(task.gallery()) != other.embed(task.gallery())).any()


def test_bits_that_fill_no_byte_are_filled_with_zeros(task):
    method, _ = fitted(task, bits=12)
    bits = np.unpackbits(method.embed(task.gallery()), axis=1)
    assert bits.shape[1] == 16
    assert bits[:, :12].any(axis=0).all()
    assert not bits[:, 12:].any()


def test_the_inner_systems_options_are_spelled_out_and_survive():
    config = build(BinaryConfig, {"of": "zseoc", "options": {"margin": 2}})
    assert (config.options["margin"], config.options["training"]["steps"]) == (2.0, 500)
    assert build(BinaryConfig, plain(config)) == config


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"of": "zseok"}, UnknownNameError, "zseoc"),
        ({"of": "zseoc", "options": {"marign": 2.0}}, UnknownNameError, "margin"),
        ({"of": "zseoc", "options": {"training": {"step": 1}}}, UnknownNameError, "steps"),
        ({"how": "itk"}, UnknownNameError, "itq"),
        ({"bits": 0}, BadInputError, "0 bits"),
        ({"of": "binary"}, BadInputError, "bits already"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_is_trained(options, error, message):
    with pytest.raises(error, match=message):
        create("binary", options)


@pytest.mark.parametrize(("how", "made"), [("mean", grouped_means), ("lsh", partial(random_hyperplanes, seed=3))])
def test_bits_are_the_signs_of_the_projected_codes(task, how, made):
    method, _ = fitted(task, Run(seed=3, progress=False), how=how, centre=False)
    features = method.of.embed(task.gallery()).astype(np.float64)
    values = features / np.linalg.norm(features, axis=1, keepdims=True) @ made(features.shape[1], 32)
    bits, clear = np.unpackbits(method.embed(task.gallery()), axis=1), abs(values) > 1e-9
    np.testing.assert_array_equal(bits[clear], (values > 0)[clear])
    assert {part.name: part.classes for part in method.trained_parts()} == {"length": task.seen}
    audit(method.trained_parts(), task.unseen)


def test_bits_that_the_codes_do_not_have_are_refused(task):
    with pytest.raises(BadInputError, match="not 64"):
        fitted(task, how="sign", bits=64)
    for how in ("itq", "mean", "lsh"):
        with pytest.raises(BadInputError, match=rf"'{how}' cannot make a hash of 1000000 bits"):
            fitted(task, how=how, bits=10**6)


def test_bits_of_a_legacy_system_are_legacy():
    assert create("binary", {"of": "legacy_zseoc"}).legacy


LEAKING = {"fitted_on": "test", "legacy": True, "bits": 16}


def test_bits_fitted_on_the_test_own_up_to_the_classes_and_items_that_they_have_seen(task):
    method, _ = fitted(task, **LEAKING)
    queries, gallery = task.queries().ids.tolist(), task.gallery().ids.tolist()
    verdict = audit(method.trained_parts(), task.unseen, queries, legacy=method.legacy)
    (leak,) = verdict.leaks
    assert (verdict.label, set(leak.classes), set(leak.items)) == ("legacy", set(task.unseen), set(queries))
    assert set(method.trained_parts()[-1].items) == {*queries, *gallery}
    with pytest.raises(LeakError, match="not zero-shot"):
        audit(method.trained_parts(), task.unseen)


def test_bits_fitted_on_the_test_are_itq_of_the_queries(task):
    method, _ = fitted(task, **LEAKING)
    codes = method.of.embed(task.queries()).astype(np.float64)
    codes /= np.linalg.norm(codes, axis=1, keepdims=True)
    values = (codes - codes.mean(axis=0)) @ fit_itq(codes - codes.mean(axis=0), 16, 0).projection
    bits = np.unpackbits(method.embed(task.queries()), axis=1)
    clear = abs(values) > 1e-6
    np.testing.assert_array_equal(bits[clear], (values > 0)[clear])
    clean, _ = fitted(task, bits=16)
    assert (clean.embed(task.queries()) != method.embed(task.queries())).any()


def test_the_test_is_not_fitted_on_without_saying_so():
    with pytest.raises(BadInputError, match=r"not zero-shot[\s\S]*legacy: true"):
        BinaryConfig(fitted_on="test")
