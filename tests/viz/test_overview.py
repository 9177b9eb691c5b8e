from pathlib import Path

import numpy as np
from PIL import Image

from zsr_lib.viz.overview import overview

COMMITTED = Path(__file__).resolve().parents[2] / "book" / "static" / "overview.png"


def test_the_committed_picture_is_what_the_recipes_draw_now():
    drawn = np.asarray(overview(), dtype=int)
    committed = np.asarray(Image.open(COMMITTED).convert("RGB"), dtype=int)
    assert drawn.shape == committed.shape, "run 'make picture' and commit the result"
    # The file has a palette of 200 colours, so pixels are near and not equal.
    assert np.abs(drawn - committed).mean() < 4, "run 'make picture' and commit the result"
