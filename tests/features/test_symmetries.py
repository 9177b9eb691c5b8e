import numpy as np
import torch

from zsr_lib.features.symmetries import COUNT, turned

IMAGE = torch.arange(2 * 3 * 25.0).reshape(2, 3, 5, 5)


def test_they_are_eight_and_the_first_changes_nothing():
    assert len({tuple(turned(IMAGE, index).flatten().tolist()) for index in range(COUNT)}) == 8
    assert torch.equal(turned(IMAGE, 0), IMAGE)


def test_quarter_turns_are_numpys():
    for index in range(4):
        assert np.array_equal(turned(IMAGE, index), np.rot90(IMAGE.numpy(), index, axes=(-2, -1)))


def test_one_after_another_is_again_one_of_them():
    every = [turned(IMAGE, index) for index in range(COUNT)]
    for first in range(COUNT):
        for second in range(COUNT):
            product = turned(turned(IMAGE, first), second)
            assert sum(torch.equal(product, each) for each in every) == 1
