"""Generated aerial scenes: photos from above, hand sketches and height maps of 20 classes, from a seed."""

from zsr_lib.data.scenes.attributes import attribute_matrix, attribute_meanings, attribute_names
from zsr_lib.data.scenes.photo import render_height, render_photo
from zsr_lib.data.scenes.registry import recipes
from zsr_lib.data.scenes.sketch import render_sketch, sketch_strokes

__all__ = [
    "attribute_matrix",
    "attribute_meanings",
    "attribute_names",
    "class_names",
    "render_height",
    "render_photo",
    "render_sketch",
    "sketch_strokes",
]


def class_names() -> tuple[str, ...]:
    """Names of all generated classes, in alphabetical order."""
    return tuple(recipes())
