import torch

from tests.models.shapes import shapes
from zsr_lib.models.sbir.lines import Lines


def pictures(items):
    return torch.from_numpy(items.pixels).permute(0, 3, 1, 2).float()


def test_lines_have_mean_0_and_spread_1_and_ink_is_bright():
    sketches = pictures(shapes().sketches)
    lines = Lines(drawn=True)(sketches)
    assert lines.shape == (36, 1, 32, 32)
    torch.testing.assert_close(lines.mean(dim=(1, 2, 3)), torch.zeros(36), atol=1e-4, rtol=0)
    ink = sketches.mean(dim=1, keepdim=True) < 128
    assert lines[ink].min() > lines[~ink].max()


def test_the_border_of_a_thing_is_a_line_whichever_side_is_bright():
    step = torch.zeros(1, 3, 32, 32)
    step[..., 16:] = 1.0
    for picture in (step, -step):
        strongest = Lines(drawn=False)(picture)[0, 0].sum(dim=0).argmax()
        assert strongest in (15, 16)


def test_an_empty_picture_has_no_lines():
    for drawn in (True, False):
        assert not Lines(drawn)(torch.ones(1, 3, 16, 16)).abs().gt(1e-3).any()
