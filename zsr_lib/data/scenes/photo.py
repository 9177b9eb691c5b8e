"""The scene as a camera above sees it, and its height map."""

import numpy as np
from PIL import Image, ImageDraw

from zsr_lib.data.scenes.build import Instance, build, check_size
from zsr_lib.data.scenes.canvas import index_canvas
from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.geometry import turn
from zsr_lib.data.scenes.light import Light, draw_light, shadow_mask
from zsr_lib.data.scenes.paints import PAINTS, RGB
from zsr_lib.data.scenes.scene import Part
from zsr_lib.data.scenes.sensor import sensed
from zsr_lib.data.scenes.texture import textured

CANVAS = 256
"""Pixels of the canvas that a tile of up to 128 pixels is reduced from."""


def render_photo(name: str, seed: int, index: int, size: int = 64) -> np.ndarray:
    """A photo of class `name` from above.

    Args:
        name: Class name.
        seed: Seed of the data set.
        index: Number of the photo in its class, from 0.
        size: Pixels from side to side, 16 to 256.

    Returns:
        (size, size, 3) uint8 RGB; the same bytes for the same arguments.

    Raises:
        UnknownNameError: No recipe has this name.
        BadInputError: Size, seed or index out of range.
    """
    check_size(size)
    instance = build(name, seed, index, "photo")
    parts = _painted(instance)
    side = _canvas_side(size)
    top = _topmost(instance, parts, side)
    dice = instance.dice("look")
    light = draw_light(dice)
    colours = _colours(parts, instance, light, dice)[top]
    shaded = shadow_mask(_tops(parts)[top], light, instance.view.span / side)
    colours = np.where(shaded[..., None], (colours * np.array(light.shade, np.uint16) >> 8), colours)
    if instance.scene.stains:
        colours = colours * (256 - _stains(instance, side))[..., None] >> 8
    grains = np.array([PAINTS[part.paint or instance.scene.ground].grain for part in parts], np.uint8)[top]
    picture = textured(_reduced(colours, size), _reduced(grains, size), instance.dice("texture"))
    return sensed(picture, instance.dice("sensor"))


def render_height(name: str, seed: int, index: int, size: int = 64) -> np.ndarray:
    """The heights above ground of the scene of ``render_photo`` with the same arguments.

    Returns:
        (size, size) float32, metres.

    Raises:
        UnknownNameError: No recipe has this name.
        BadInputError: Size, seed or index out of range.
    """
    check_size(size)
    instance = build(name, seed, index, "photo")
    parts = _painted(instance)
    side = _canvas_side(size)
    tops = _tops(parts)[_topmost(instance, parts, side)].astype(np.int32)
    cell = side // size
    return (tops.reshape(size, cell, size, cell).sum(axis=(1, 3)) / (10 * cell * cell)).astype(np.float32)


def _painted(instance: Instance) -> list[Part]:
    """Part 0 is the bare ground; parts that only a hand draws are kept, without area, so that numbers agree."""
    return [Part([], instance.scene.ground), *instance.scene.parts]


def _canvas_side(size: int) -> int:
    return size * max(2, -(-CANVAS // size))


def _topmost(instance: Instance, parts: list[Part], side: int) -> np.ndarray:
    outlines = [instance.view.to_unit(part.outline) if part.paint else [] for part in parts[1:]]
    return index_canvas(outlines, side)


def _tops(parts: list[Part]) -> np.ndarray:
    return np.array([round(part.top * 10) for part in parts], np.int16)


def _colours(parts: list[Part], instance: Instance, light: Light, dice: Dice) -> np.ndarray:
    """The lit colour of every part: (P, 3) uint16."""
    shared: dict[str, RGB] = {}
    own: list[RGB] = []
    for number, part in enumerate(parts):
        paint = part.paint or instance.scene.ground
        if part.like:
            own.append(own[number - part.like])
        elif PAINTS[paint].each:
            own.append(_mixed(paint, dice))
        else:
            if paint not in shared:
                shared[paint] = _mixed(paint, dice)
            own.append(shared[paint])
    lit = [_lit(part.facing, instance.view.angle, light) for part in parts]
    return np.array([[min(c * f >> 8, 255) for c in rgb] for rgb, f in zip(own, lit, strict=True)], np.uint16)


def _mixed(paint: str, dice: Dice) -> RGB:
    """One of the paint's colours, or a mixture of two of them, a little lighter or darker."""
    surface = PAINTS[paint]
    first, second = dice.pick(surface.colours), dice.pick(surface.colours)
    share, change = dice.whole(0, 256) if dice.chance(0.5) else 0, dice.whole(-surface.jitter, surface.jitter)
    red, green, blue = (
        min(max(a + ((b - a) * share >> 8) + change, 0), 255) for a, b in zip(first, second, strict=True)
    )
    return red, green, blue


def _lit(facing: float | None, turned: float, light: Light) -> int:
    """Light on a slope that looks towards `facing`, of 256: brightest towards the sun."""
    if facing is None:
        return 256
    return 250 - round(62 * turn(facing + turned - light.away)[0])


def _stains(instance: Instance, side: int) -> np.ndarray:
    """(side, side) uint16: light taken away by stains, of 256."""
    image = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(image)
    for path, width, dark in instance.scene.stains:
        line = [(round(x * side), round(y * side)) for x, y in instance.view.to_unit(path)]
        draw.line(line, fill=round(dark * 256), width=max(round(width / instance.view.span * side), 1))
    return np.asarray(
        image.resize((side // 8, side // 8), Image.Resampling.BOX).resize((side, side), Image.Resampling.BILINEAR)
    ).astype(np.uint16)


def _reduced(canvas: np.ndarray, size: int) -> np.ndarray:
    image = Image.fromarray(canvas.astype(np.uint8))
    return np.asarray(image.reduce(len(canvas) // size))
