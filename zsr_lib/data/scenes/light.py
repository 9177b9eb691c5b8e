"""Sun and sensor of one photo, and the shadows that the sun casts."""

from dataclasses import dataclass

import numpy as np

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.geometry import turn

LONGEST = 128
"""Shadows are followed over this many canvas pixels."""


@dataclass(frozen=True)
class Light:
    """The sun.

    Attributes:
        away: Direction in the picture in which shadows fall, in radians.
        reach: Length of the shadow of something one metre high, in metres.
        shade: RGB light left in a shadow, of 256.
    """

    away: float
    reach: float
    shade: tuple[int, int, int]


def draw_light(dice: Dice) -> Light:
    """A sun at random, 30° to 65° above the horizon; shadows keep a little blue sky light."""
    deep = dice.whole(84, 150)
    return Light(dice.uniform(0, 6.2831853), dice.uniform(0.47, 1.7), (deep, deep + 5, deep + 15))


def shadow_mask(heights: np.ndarray, light: Light, metres_per_pixel: float) -> np.ndarray:
    """Where the sun does not reach.

    Every height is spread along the shadow direction, sinking as a ray of light does; doubling the distance from step
    to step covers 2ⁿ pixels in n steps.

    Args:
        heights: (S, S) int16 decimetres above the ground.
        light: The sun.
        metres_per_pixel: Ground size of a pixel.

    Returns:
        (S, S) bool.
    """
    sink = max(round(metres_per_pixel / light.reach * 10), 1)
    c, s = turn(light.away)
    horizon = heights
    step = 1
    while step < LONGEST:
        dx, dy = round(c * step), round(s * step)
        horizon = np.maximum(horizon, _moved(horizon, dx, dy) - np.int16(min(sink * step, 30000)))
        step *= 2
    return horizon > heights + 4


def _moved(field: np.ndarray, dx: int, dy: int) -> np.ndarray:
    """`field` shifted by (dx, dy) pixels; −1000 flows in, so that nothing casts a shadow from outside."""
    moved = np.full_like(field, -1000)
    side = len(field)
    rows, columns = max(side - abs(dy), 0), max(side - abs(dx), 0)
    to_row, to_column = max(dy, 0), max(dx, 0)
    from_row, from_column = max(-dy, 0), max(-dx, 0)
    moved[to_row : to_row + rows, to_column : to_column + columns] = field[
        from_row : from_row + rows, from_column : from_column + columns
    ]
    return moved
