"""A near-infrared band for the generated scenes, by a simple rule of our own.

What is known of real surfaces, in round numbers: living plants reflect near-infrared light strongly, water hardly any,
bare ground a little more than it does red, most made things about as much as red. The rule is a table of the scenes'
materials: counts of 0 … 255, the same for all colours of a paint, so that a green roof and a lawn differ here and not
in green. Shadows are those of the photo. It is no model of any sensor, and it makes plants and water easier to tell
than they are.
"""

import numpy as np
from PIL import Image

from zsr_lib.data.scenes import render_photo
from zsr_lib.data.scenes.build import build
from zsr_lib.data.scenes.canvas import index_canvas
from zsr_lib.data.scenes.light import draw_light, shadow_mask
from zsr_lib.data.scenes.paints import PAINTS
from zsr_lib.data.scenes.scene import Part
from zsr_lib.data.scenes.texture import speckle

CANVAS = 256
"""Pixels of the canvas that a smaller tile is reduced from, as for photos."""
RULE = 1
"""Raised when the same arguments give other bytes."""
BANDS = ("red", "green", "blue", "near-infrared")
PLANTS = {"grass": 190, "lawn": 205, "meadow": 180, "crown": 215, "bush": 185, "scrub": 150}
WATER = {"water": 14, "pool": 10}
GROUND = {"dry": 150, "soil": 140, "sand": 190, "dirt": 165, "bank": 150, "bunker": 200, "gravel": 125, "ballast": 120}
MATERIALS = PLANTS | WATER | GROUND


def render_bands(name: str, seed: int, index: int, size: int = 64) -> np.ndarray:
    """The photo of ``render_photo`` with the same arguments, and its near-infrared band.

    Returns:
        (size, size, 4) uint8 in the order of `BANDS`; the same bytes for the same arguments.

    Raises:
        UnknownNameError: No recipe has this name.
        BadInputError: Size, seed or index out of range.
    """
    photo = render_photo(name, seed, index, size)
    instance = build(name, seed, index, "photo")
    parts = [Part([], instance.scene.ground), *instance.scene.parts]
    side = size * max(2, -(-CANVAS // size))
    outlines = [instance.view.to_unit(part.outline) if part.paint else [] for part in parts[1:]]
    top = index_canvas(outlines, side)  # (side, side) which part is seen
    counts = np.array([_count(part.paint or instance.scene.ground) for part in parts], np.uint16)[top]
    heights = np.array([round(part.top * 10) for part in parts], np.int16)[top]
    light = draw_light(instance.dice("look"))  # the photo's first draw
    shaded = shadow_mask(heights, light, instance.view.span / side)
    counts = np.where(shaded, counts * light.shade[0] >> 8, counts).astype(np.uint8)
    band = np.asarray(Image.fromarray(counts).reduce(side // size)).astype(np.int16)
    band += speckle(instance.dice("infrared"), size)[..., 0] * 8 >> 7
    return np.concatenate([photo, np.clip(band, 0, 255).astype(np.uint8)[..., None]], axis=2)


def _count(paint: str) -> int:
    """Near-infrared counts of a material; of those that the table lacks, the mean red of its colours."""
    if paint in MATERIALS:
        return MATERIALS[paint]
    reds = [colour[0] for colour in PAINTS[paint].colours]
    return sum(reds) // len(reds)
