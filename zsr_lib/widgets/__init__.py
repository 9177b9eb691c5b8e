"""The sketch pad: one ES module, live in notebooks and on the static page."""

from zsr_lib.widgets.sketch_pad import SketchPad

__all__ = ["SketchPad"]
