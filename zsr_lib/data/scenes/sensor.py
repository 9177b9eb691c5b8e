"""From a clean picture to what a sensor delivers: clouds, haze, tint, contrast, noise."""

import numpy as np
from PIL import Image, ImageFilter

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.texture import field, speckle


def sensed(picture: np.ndarray, dice: Dice) -> np.ndarray:
    """One photo as a sensor delivers it.

    Args:
        picture: (size, size, 3) int16, about 0 … 255.
        dice: Random draws.

    Returns:
        (size, size, 3) uint8.
    """
    if dice.chance(0.05):
        picture = _clouded(picture, dice)
    picture = _toned(picture, dice)
    if dice.chance(0.15):
        picture = _blurred(picture)
    noise = dice.whole(2, 16)
    return np.clip(picture + (speckle(dice, len(picture)) * noise >> 7), 0, 255).astype(np.uint8)


def _clouded(picture: np.ndarray, dice: Dice) -> np.ndarray:
    size = len(picture)
    thick = field(dice, 3, size) + field(dice, 8, size) // 4
    cover = np.clip((thick - dice.whole(15, 50)) * 3, 0, 165).astype(np.int32)[..., None]
    return (picture + ((235 - picture) * cover >> 8)).astype(np.int16)


def _toned(picture: np.ndarray, dice: Dice) -> np.ndarray:
    """Saturation, haze, gain of each channel and contrast, as fixed-point arithmetic with 8 bits."""
    wide = np.clip(picture, 0, 255).astype(np.int32)
    grey = (wide[..., 0] * 77 + wide[..., 1] * 150 + wide[..., 2] * 29 >> 8)[..., None]
    wide = grey + ((wide - grey) * dice.whole(80, 300) >> 8)
    light = dice.whole(205, 305)
    gains = [light * (256 + dice.whole(-15, 15)) >> 8 for _ in range(3)]
    haze = [dice.whole(0, 34) + veil for veil in (0, 2, 6)] if dice.chance(0.4) else [0, 0, 0]
    wide = wide * gains >> 8
    wide = haze + (wide * [256 - veil for veil in haze] >> 8)
    steep = dice.whole(-70, 110)
    # A parabola through black, grey and white on each side of the middle: contrast without powers.
    bow = (wide - 128) * (255 - np.clip(np.abs(2 * wide - 255), 0, 255)) >> 8
    return np.clip(wide + (bow * steep >> 7), 0, 255).astype(np.int16)


def _blurred(picture: np.ndarray) -> np.ndarray:
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    kernel = ImageFilter.Kernel((3, 3), (1, 2, 1, 2, 8, 2, 1, 2, 1))
    return np.asarray(image.filter(kernel)).astype(np.int16)
