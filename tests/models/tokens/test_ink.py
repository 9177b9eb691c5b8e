import numpy as np
import pytest
import torch

from zsr_lib.models.tokens.ink import cropped_to_ink


def sheet(*boxes, side=64, paper=255):
    """White paper with black boxes (top, left, bottom, right)."""
    image = torch.full((3, side, side), paper, dtype=torch.uint8)
    for top, left, bottom, right in boxes:
        image[:, top:bottom, left:right] = 0
    return image


def test_ink_with_its_margin_fills_the_sheet():
    """A square of 12 pixels with a margin of 10 on each side is 32 of 64 pixels: it comes out twice as large."""
    found = cropped_to_ink(sheet((20, 20, 32, 32))[None])[0, 0]
    ink = np.argwhere(found.numpy() < 128)
    assert (ink.min(axis=0).tolist(), ink.max(axis=0).tolist()) == ([20, 20], [43, 43])


def test_a_long_drawing_keeps_its_proportions_and_lies_in_the_middle():
    found = cropped_to_ink(sheet((2, 10, 6, 54))[None])[0, 0].numpy() < 128  # 4 × 44, the whole width with margins
    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    assert (len(rows), len(columns)) == (4, 44)
    # Ink at the top with 2 pixels of margin above and 10 below: the span's middle is the sheet's.
    assert rows[0] == 32 - (0 + 16) // 2 + 2


def test_an_empty_sketch_and_a_full_one_stay_as_they_are():
    blank, full = sheet(), sheet((0, 0, 64, 64))
    found = cropped_to_ink(torch.stack([blank, full, sheet(paper=200)]))
    assert found.isfinite().all()
    assert [each.unique().tolist() for each in found] == [[255], [0], [200]]


def test_rows_do_not_depend_on_each_other_and_floats_are_taken():
    images = torch.stack([sheet((5, 5, 20, 9)), sheet(), sheet((40, 1, 60, 60))])
    together = cropped_to_ink(images)
    for row in range(3):
        assert torch.equal(cropped_to_ink(images[row : row + 1]), together[row : row + 1])
    assert torch.equal(cropped_to_ink(images.float()), together)


@pytest.mark.parametrize(("grey", "same"), [(191, False), (192, True)])
def test_what_counts_as_ink(grey, same):
    """What is at least 64 darker than the paper."""
    image = sheet()
    image[:, 10:14, 10:14] = grey
    assert torch.allclose(cropped_to_ink(image[None])[0], image.float(), atol=1e-3) == same


def test_thin_lines_of_a_small_picture_are_not_cut_off():
    """A drawing of two far lines, made four times smaller: both are grey then, and both stay."""
    large = sheet((8, 8, 250, 10), (8, 240, 250, 242), side=256).float()
    small = torch.nn.functional.interpolate(large[None], (64, 64), mode="area").round().to(torch.uint8)
    assert small.min() > 100
    found = cropped_to_ink(small)[0, 0] < 200
    columns = np.flatnonzero(found.any(axis=0).numpy())
    assert (columns[0], columns[-1]) == (2, 60)
