"""The sketch pad as a Jupyter widget."""

import io
from pathlib import Path

import anywidget
import numpy as np
import traitlets
from PIL import Image

SIDE = 256
"""Side of the drawing in pixels, as in ``sketch_pad.js``."""
_HERE = Path(__file__).parent


class SketchPad(anywidget.AnyWidget):
    """A square to draw on; needs a running kernel.

    Attributes:
        strokes: What is drawn: mappings with ``tool``, ``width`` and ``points`` between 0 and `SIDE`. Setting it draws.
        png: The drawing as a PNG file, black on white; empty when nothing is drawn.
        examples: Pictures to pick from: mappings with ``name`` and ``url``.
        label: What a screen reader calls the pad.
    """

    _esm = _HERE / "sketch_pad.js"
    _css = _HERE / "sketch_pad.css"

    strokes = traitlets.List(traitlets.Dict()).tag(sync=True)
    # Bytes come out of a message as a memoryview.
    png = traitlets.Bytes(b"").tag(sync=True, from_json=lambda data, _: bytes(data))
    examples = traitlets.List(traitlets.Dict()).tag(sync=True)
    label = traitlets.Unicode("Sketch pad").tag(sync=True)

    @property
    def pixels(self) -> np.ndarray | None:
        """(SIDE, SIDE, 3) uint8 of the drawing, or None when nothing is drawn."""
        if not self.png:
            return None
        return np.asarray(Image.open(io.BytesIO(self.png)).convert("RGB"))
