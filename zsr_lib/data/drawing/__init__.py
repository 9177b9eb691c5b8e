"""Photo → line drawing, for classes without hand sketches."""

from zsr_lib.data.drawing.batch import draw_items
from zsr_lib.data.drawing.draw import STYLES, draw

__all__ = ["STYLES", "draw", "draw_items"]
