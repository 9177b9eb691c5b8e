"""Random fields for ground texture, clouds and sensor noise, in whole numbers."""

import numpy as np
from PIL import Image

from zsr_lib.data.scenes.dice import Dice


def field(dice: Dice, cells: int, size: int) -> np.ndarray:
    """Smooth noise with about `cells` bumps from side to side.

    Args:
        dice: Random draws.
        cells: Random values from side to side; at most `size` of them are used.
        size: Pixels from side to side.

    Returns:
        (size, size) int16, −128 … 127.
    """
    # Pillow's 8-bit resampling works in whole numbers, hence gives the same bytes everywhere.
    coarse = Image.fromarray(dice.grid(cells + 2, cells + 2))
    edge = (1, 1, cells + 1, cells + 1)
    return np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC, box=edge)).astype(np.int16) - 128


def speckle(dice: Dice, size: int) -> np.ndarray:
    """White noise, bell-shaped: two uniform bytes summed; (size, size, 3) int16, −128 … 127."""
    grids = dice.grid(2, size, size, 3).astype(np.int16)
    return (grids[0] + grids[1] + 1) // 2 - 128


def textured(colours: np.ndarray, grains: np.ndarray, dice: Dice) -> np.ndarray:
    """Varies the brightness of a picture by three fields of different fineness.

    Args:
        colours: (size, size, 3) uint8.
        grains: (size, size, 3) uint8, the amplitude of the slow, the middle and the fine field at each pixel.
        dice: Random draws.

    Returns:
        (size, size, 3) int16; may leave 0 … 255.
    """
    size = len(colours)
    amplitude = grains.astype(np.int16)
    change = field(dice, 5, size) * amplitude[..., 0]
    change += field(dice, 19, size) * amplitude[..., 1]
    change += field(dice, 61, size) * amplitude[..., 2]
    return colours + (change >> 7)[..., None]
