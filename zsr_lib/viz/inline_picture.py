"""Pictures inside of pages."""

import base64
import io
from typing import Literal

import numpy as np
from PIL import Image


def inline_picture(pixels: np.ndarray, kind: Literal["jpeg", "png"] = "jpeg") -> str:
    """(H, W, 3) uint8 as an address that carries the picture with it (``data:image/…``); PNG where no line may blur."""
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(stream, kind.upper(), quality=85)
    return f"data:image/{kind};base64,{base64.b64encode(stream.getvalue()).decode()}"
