import math

import pytest
import torch

from zsr_lib.models.tokens.gradients import AROUND, CELL, ORIENTATIONS, oriented_gradients


def naive(image):
    """(S, S) → (8, S / 2, S / 2), pixel by pixel, by angles."""
    side = len(image)
    shares, power = torch.zeros(ORIENTATIONS, side, side), torch.zeros(side, side)

    def at(row, column):
        return image[min(max(row, 0), side - 1)][min(max(column, 0), side - 1)].item()

    for row in range(side):
        for column in range(side):
            across = (at(row, column + 1) - at(row, column - 1)) / 2
            down = (at(row + 1, column) - at(row - 1, column)) / 2
            power[row, column] = across**2 + down**2
            for k in range(ORIENTATIONS):
                alike = max(0.0, math.cos(2 * (math.atan2(down, across) - k * math.pi / ORIENTATIONS)))
                shares[k, row, column] = math.hypot(across, down) * alike**2

    def boxed(values, width, step, before):
        rows = [slice(max(0, place - before), place - before + width) for place in range(0, side, step)]
        return torch.stack([torch.stack([values[row, column].mean() for column in rows]) for row in rows])

    around = (boxed(power, AROUND, 1, AROUND // 2) + 1e-2).sqrt()
    return torch.stack([boxed(each / around, CELL, 2, 1) for each in shares])


def test_it_is_what_a_loop_over_pixels_and_angles_gives():
    images = torch.randn(2, 3, 12, 12, generator=torch.Generator().manual_seed(0))
    expected = torch.stack([naive(each.mean(dim=0)) for each in images])
    torch.testing.assert_close(oriented_gradients(images), expected, atol=1e-4, rtol=1e-4)


def test_a_quarter_turn_moves_each_orientation_by_four():
    images = torch.randn(1, 1, 16, 16, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    turned = oriented_gradients(images.rot90(1, (2, 3)))
    torch.testing.assert_close(turned, oriented_gradients(images).rot90(1, (2, 3)).roll(4, dims=1))


def test_an_upright_edge_is_in_the_first_orientation_whichever_side_is_dark():
    edge = (torch.arange(16) >= 8).double().expand(1, 1, 16, 16)
    found = oriented_gradients(edge)
    assert found[0, :, 4, 4].argmax() == 0
    assert found[0, 4].abs().max() == 0
    torch.testing.assert_close(oriented_gradients(-edge), found)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_blank_picture_has_no_gradients_and_they_stay_finite(dtype):
    blank = torch.full((1, 3, 16, 16), 2.5, dtype=dtype, requires_grad=True)
    found = oriented_gradients(blank)
    found.sum().backward()
    assert (found.dtype, found.abs().max().item()) == (dtype, 0)
    assert torch.isfinite(blank.grad).all()
