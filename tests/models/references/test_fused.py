import numpy as np
import pytest
import torch

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.references.fused import SideBySide
from zsr_lib.models.registry import create

HOG = {"of": "standardised", "options": {"features": {"backbone": "hog", "size": 64}}}
PIXELS = {"of": "frozen", "options": {"features": {"backbone": "pixels", "size": 32}}}


def cosines(codes):
    unit = codes / np.linalg.norm(codes, axis=1, keepdims=True)
    return unit @ unit.T


def test_its_cosine_is_the_weighted_mean_of_the_parts_cosines(task):
    fused = create("fused", {"parts": {"hog": HOG | {"weight": 3.0}, "pixels": PIXELS}})
    fused.fit(task)
    photos = task.photos("seen").take(np.arange(6))
    alone = []
    for part in (HOG, PIXELS):
        method = create(part["of"], part["options"])
        method.fit(task)
        alone.append(cosines(method.embed(photos)))
    np.testing.assert_allclose(cosines(fused.embed(photos)), (3 * alone[0] + alone[1]) / 4, atol=1e-5)


def test_weights_are_squares_of_lengths():
    code = SideBySide({"one": 4.0, "two": 9.0})([torch.tensor([[5.0, 0.0]]), torch.tensor([[0.0, -0.1]])])
    torch.testing.assert_close(code, torch.tensor([[2.0, 0.0, 0.0, -3.0]]))


def test_the_order_of_items_changes_nothing(task):
    fused = create("fused", {"parts": {"hog": HOG, "pixels": PIXELS}})
    fused.fit(task)
    photos = task.photos("seen").take(np.arange(5))
    np.testing.assert_allclose(fused.embed(photos.take(np.arange(5)[::-1]))[::-1], fused.embed(photos), atol=1e-6)


def test_what_cannot_be_fused_is_refused():
    with pytest.raises(BadInputError, match="at least one"):
        create("fused", {"parts": {}})
    with pytest.raises(BadInputError, match="above 0"):
        create("fused", {"parts": {"hog": HOG | {"weight": 0.0}}})
    with pytest.raises(BadInputError, match="cosine"):
        create("fused", {"parts": {"bits": {"of": "binary"}}})
    with pytest.raises(UnknownNameError):
        create("fused", {"parts": {"nothing": {"of": "nothing"}}})


def test_it_does_not_come_back_with_another_backbone(task):
    fused = create("fused", {"parts": {"hog": HOG}})
    fused.fit(task)
    about = fused.about()
    about["of"]["hog"]["feature_keys"]["photo"] = "0" * 64
    again = create("fused", {"parts": {"hog": HOG}})
    with pytest.raises(BadInputError, match="not the one"):
        again.restore(fused.state_dict(), about)
