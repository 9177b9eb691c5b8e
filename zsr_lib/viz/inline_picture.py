"""Pixels as picture files, and pictures inside of pages."""

import base64
import io
from typing import Literal

import numpy as np
from PIL import Image

Kind = Literal["jpeg", "png"]


def picture_file(pixels: np.ndarray, kind: Kind = "jpeg") -> bytes:
    """(H, W, 3) uint8 as the bytes of a file; PNG where no line may blur."""
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(stream, kind.upper(), quality=85)
    return stream.getvalue()


def inline_picture(pixels: np.ndarray, kind: Kind = "jpeg") -> str:
    """(H, W, 3) uint8 as an address that carries the picture with it (``data:image/…``)."""
    return f"data:image/{kind};base64,{base64.b64encode(picture_file(pixels, kind)).decode()}"
