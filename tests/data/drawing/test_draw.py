import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from zsr_lib.book.processors import PROCESSORS
from zsr_lib.data.drawing import STYLES, draw
from zsr_lib.errors import BadInputError, UnknownNameError


def roof(noise=12, seed=0, size=128):
    """A bright textured roof on a dark textured ground, and the distance of each pixel to its outline."""
    rng = np.random.default_rng(seed)
    inside = np.zeros((size, size), dtype=bool)
    inside[size // 4 : 3 * size // 4, size // 4 : 3 * size // 4] = True
    grey = np.where(inside, 190, 70) + rng.integers(-noise, noise + 1, inside.shape)
    distance = np.minimum(distance_transform_edt(inside), size) + np.minimum(distance_transform_edt(~inside), size)
    return np.repeat(grey[..., None], 3, axis=2).astype(np.uint8), distance


@pytest.mark.parametrize("style", STYLES)
def test_lines_follow_the_outline_on_white_paper(style):
    # Canny's thresholds are quantiles of the photo: with noise it draws noise.
    photo, distance = roof(noise=0 if style == "canny" else 12)
    drawing = draw(photo, style)
    black = drawing[..., 0] < 200
    assert drawing.shape == photo.shape
    assert drawing.dtype == np.uint8
    assert 0.005 < black.mean() < 0.2
    assert np.quantile(distance[black], 0.9) < 6
    assert distance_transform_edt(~black)[distance <= 1].mean() < 4


@pytest.mark.parametrize("style", STYLES)
def test_same_photo_and_seed_give_the_same_bytes(style):
    photo, _ = roof()
    np.testing.assert_array_equal(draw(photo, style, 5), draw(photo, style, 5))


def test_only_the_hand_depends_on_the_seed():
    photo, _ = roof()
    differs = {style: not np.array_equal(draw(photo, style, 1), draw(photo, style, 2)) for style in STYLES}
    assert differs == {"canny": False, "xdog": False, "contour": True}


@pytest.mark.parametrize("style", STYLES)
def test_an_empty_photo_gives_empty_paper(style):
    assert (draw(np.full((64, 64, 3), 120, dtype=np.uint8), style) == 255).mean() > 0.99


def test_a_colour_contrast_without_brightness_contrast_is_drawn_by_the_hand():
    photo = np.full((128, 128, 3), (150, 90, 90), dtype=np.uint8)
    photo[40:90, 40:90] = (80, 124, 80)
    assert (draw(photo, "contour")[..., 0] < 200).mean() > 0.005


def test_the_hand_leaves_texture_out():
    photo, distance = roof(noise=25)
    ink = {style: (draw(photo, style)[..., 0] < 200)[distance > 10].mean() for style in ("canny", "contour")}
    assert ink["contour"] < 0.1 * ink["canny"]


@pytest.mark.parametrize(
    ("shape", "size", "expected"),
    [
        ((40, 60, 3), None, (40, 60, 3)),
        ((40, 60, 3), 32, (32, 32, 3)),
        ((300, 300, 3), 64, (64, 64, 3)),
    ],
)
def test_sizes(shape, size, expected):
    photo = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    assert draw(photo, "canny", size=size).shape == expected


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((9, 9), np.uint8),
        np.zeros((9, 9, 3)),
        np.zeros((4, 9, 3), np.uint8),
        np.zeros((9, 9, 4), np.uint8),
    ],
)
def test_what_is_not_a_photo_is_refused(bad):
    with pytest.raises(BadInputError, match="cannot draw an array of shape"):
        draw(bad)


def test_unknown_styles_and_sizes_are_explained():
    photo, _ = roof()
    with pytest.raises(UnknownNameError, match="did you mean contour"):
        draw(photo, "contours")
    with pytest.raises(BadInputError, match="use 8"):
        draw(photo, size=2000)


@pytest.mark.parametrize("processor", ["nehalem", "haswell"])
def test_other_processors_draw_the_same(processor, tmp_path):
    """Numbers behind the lines differ in their last digit there; no line may move for it."""
    code = (
        "import sys, numpy as np\n"
        "from zsr_lib.data.drawing import draw\n"
        "from zsr_lib.data.generated import generate\n"
        "classes = ['airplane', 'buildings', 'harbor', 'river']\n"
        "made = generate(2, 64, 0, classes, ['photo'], workers=1, progress=False)\n"
        "np.save(sys.argv[1], [draw(photo, 'contour', seed) for seed, photo in enumerate(made['photo'].pixels)])\n"
    )
    here, there = tmp_path / "here.npy", tmp_path / "there.npy"
    subprocess.run([sys.executable, "-c", code, here], check=True)
    subprocess.run([sys.executable, "-c", code, there], check=True, env=os.environ | PROCESSORS[processor])
    np.testing.assert_array_equal(np.load(here), np.load(there))
