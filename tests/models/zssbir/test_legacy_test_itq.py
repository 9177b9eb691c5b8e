import numpy as np
import pytest

from tests.models.shapes import UNSEEN, shapes_task
from zsr_lib.errors import ZsrError
from zsr_lib.evaluation.leaks import audit
from zsr_lib.models.references.itq import fit_itq
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

OPTIONS = {"of": "frozen", "options": {"features": {"backbone": "pixels", "size": 8}}, "bits": 8}


@pytest.fixture(scope="module")
def method():
    method = create("legacy_test_itq", OPTIONS)
    method.fit(shapes_task(), Run(progress=False))
    return method


def test_it_owns_up_to_the_classes_and_items_that_it_has_seen(method):
    task = shapes_task()
    verdict = audit(method.trained_parts(), task.unseen, task.queries().ids.tolist(), legacy=method.legacy)
    assert verdict.label == "legacy"
    (leak,) = verdict.leaks
    assert (set(leak.classes), set(leak.items)) == (set(UNSEEN), set(task.queries().ids.tolist()))
    with pytest.raises(ZsrError, match="not zero-shot"):
        audit(method.trained_parts(), task.unseen)


def test_its_bits_are_itq_of_the_test_sketches(method):
    task = shapes_task()
    codes = method.of.embed(task.queries()).astype(np.float64)
    codes /= np.linalg.norm(codes, axis=1, keepdims=True)
    centred = codes - codes.mean(axis=0)
    values = centred @ fit_itq(centred, 8, 0).projection
    bits = np.unpackbits(method.embed(task.queries()), axis=1)
    clear = abs(values) > 1e-6
    np.testing.assert_array_equal(bits[clear], (values > 0)[clear])


def test_the_clean_bits_are_others(method):
    clean = create("binary", OPTIONS)
    clean.fit(shapes_task(), Run(progress=False))
    assert (clean.embed(shapes_task().queries()) != method.embed(shapes_task().queries())).any()
