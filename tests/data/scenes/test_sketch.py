import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from zsr_lib.data.scenes import class_names, render_height, render_sketch, sketch_strokes
from zsr_lib.errors import BadInputError, UnknownNameError


@pytest.mark.parametrize("size", [16, 64, 256])
@pytest.mark.parametrize("name", class_names())
def test_every_class_is_drawn_in_black_ink_on_white(name, size):
    sketch = render_sketch(name, 5, 1, size)
    assert sketch.shape == (size, size, 3)
    assert sketch.dtype == np.uint8
    assert (sketch == sketch[..., :1]).all()
    ink = 1 - sketch[..., 0] / 255
    assert 0.005 < ink.mean() < 0.6
    assert ink.max() > 0.3
    assert sketch.max() == 255


@pytest.mark.parametrize("of_photo", [False, True])
@pytest.mark.parametrize("name", class_names())
def test_strokes_lie_in_the_unit_square(name, of_photo):
    for index in range(3):
        strokes = sketch_strokes(name, 5, index, of_photo)
        assert strokes
        for stroke in strokes:
            assert stroke.ndim == 2
            assert stroke.shape[1] == 2
            assert len(stroke) >= 2
        points = np.concatenate(strokes)
        assert points.min() >= 0
        assert points.max() <= 1


@pytest.mark.parametrize("name", class_names())
def test_ink_on_average_is_neither_scarce_nor_flooding(name):
    sheets = np.stack([render_sketch(name, 8, index, 64)[..., 0] for index in range(12)])
    ink = 1 - sheets.reshape(12, -1).mean(1) / 255
    assert ink.min() > 0.004
    assert np.median(ink) < 0.45


def test_ink_lies_where_the_strokes_are():
    sketch, strokes = render_sketch("tenniscourt", 0, 0, 128)[..., 0], sketch_strokes("tenniscourt", 0, 0)
    pixels = np.clip((np.concatenate(strokes) * 128).astype(int), 0, 127)
    assert distance_transform_edt(sketch > 250)[pixels[:, 1], pixels[:, 0]].max() < 1.5
    near = np.ones((128, 128), bool)
    near[pixels[:, 1], pixels[:, 0]] = False
    assert distance_transform_edt(near)[sketch < 128].max() < 4


@pytest.mark.parametrize("name", ["buildings", "overpass", "stadium", "storagetanks", "solarfarm", "harbor"])
def test_the_sketch_of_a_photo_follows_that_photos_geometry(name):
    """Ink lies nearer to the steps of its own height map than the ink of another photo's sketch does."""
    own, other = [], []
    for index in range(8):
        heights = render_height(name, 0, index, 128)
        steps = np.abs(np.gradient(heights)).max(0) > 0.25
        away = distance_transform_edt(~steps)
        mine = render_sketch(name, 0, index, 128, of_photo=True)[..., 0] < 128
        theirs = render_sketch(name, 0, index + 1, 128, of_photo=True)[..., 0] < 128
        own.append(away[mine].mean())
        other.append(away[theirs].mean())
    assert np.mean(own) < 0.75 * np.mean(other)


def test_by_default_the_sketch_shows_another_instance():
    for name in ("airplane", "buildings"):
        assert not np.array_equal(render_sketch(name, 0, 0), render_sketch(name, 0, 0, of_photo=True))


def test_the_lower_road_is_not_drawn_under_the_bridge_deck():
    """Hidden lines: no stroke that starts as a lower-road edge crosses the deck in its middle."""
    from zsr_lib.data.scenes.build import build
    from zsr_lib.data.scenes.canvas import index_canvas

    instance = build("overpass", 0, 3, "sketch")
    deck = max((p for p in instance.scene.parts if p.paint == "road"), key=lambda part: part.top)
    outline = instance.view.to_unit(deck.outline)
    inside = distance_transform_edt(index_canvas([outline], 256) == 1)
    drawn = (render_sketch("overpass", 0, 3, 256)[..., 0] < 128)[inside > 12]
    assert drawn.mean() < 0.25


@pytest.mark.parametrize("size", [8, 512, 100.5])
def test_sizes_that_cannot_be_drawn_are_refused(size):
    with pytest.raises(BadInputError, match="from 16 to 256"):
        render_sketch("runway", 0, 0, size)


def test_bad_names_and_indices_are_refused():
    with pytest.raises(UnknownNameError):
        sketch_strokes("lighthouse", 0, 0)
    with pytest.raises(BadInputError):
        sketch_strokes("runway", 0, -3)
