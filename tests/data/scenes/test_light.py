import numpy as np
import pytest

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.light import Light, draw_light, shadow_mask

SHADE = (90, 95, 105)


def field(side=64, metres=0.0):
    return np.full((side, side), round(metres * 10), np.int16)


@pytest.mark.parametrize(("away", "step"), [(0.0, (0, 1)), (np.pi / 2, (1, 0)), (np.pi, (0, -1))])
@pytest.mark.parametrize("reach", [0.5, 1.0, 1.6])
def test_the_shadow_of_a_mast_is_as_long_as_the_sun_says(away, step, reach):
    heights = field()
    heights[32, 32] = 100  # ten metres
    lit = shadow_mask(heights, Light(away, reach, SHADE), 1.0)
    along = [bool(lit[32 + step[0] * k, 32 + step[1] * k]) for k in range(1, 30)]
    length = along.index(False)
    assert abs(length - 10 * reach) <= 1
    assert lit.sum() == length


def test_level_ground_has_no_shadow_at_any_height():
    assert not shadow_mask(field(metres=12), Light(1.0, 1.0, SHADE), 0.5).any()


def test_a_slope_gentler_than_the_sun_has_no_shadow():
    ramp = np.tile(np.arange(64, dtype=np.int16)[::-1] * 5, (64, 1))  # half a metre per metre, falling to the right
    assert not shadow_mask(ramp, Light(0.0, 1.5, SHADE), 1.0).any()


def test_what_is_taller_than_the_shadow_stays_lit():
    heights = field()
    heights[:, 20] = 100
    heights[:, 22] = 200
    assert not shadow_mask(heights, Light(0.0, 1.0, SHADE), 1.0)[:, 22].any()


def test_suns_differ_and_shadows_never_go_black():
    lights = [draw_light(Dice("sun", number)) for number in range(50)]
    assert len({light.away for light in lights}) == 50
    assert min(min(light.shade) for light in lights) > 60
