"""Any image file → RGB uint8 of one size, by rules that never change without a new `RULES`.

1. What a file is, is read from its bytes, not from its name; of several frames the first is taken.
2. EXIF orientation is applied.
3. 16-bit grey is divided by 257 and rounded, so 0…65535 becomes 0…255: nothing is clipped, and equal values
   in two files stay equal. (Stretching each file's own range would break the latter.) 16-bit colour keeps its
   high byte, as Pillow decodes it. 32-bit integers and floats have no stated range and are refused.
4. Palettes are looked up; grey is repeated three times; CMYK is converted by its complement, without colour
   profiles; bilevel becomes black and white.
5. Transparent pixels are laid over white, the colour of paper.
6. Width and height are resized to `size` with Pillow's antialiased bicubic filter. The aspect ratio is *not*
   kept: nothing of a drawing is cut off or framed, UC Merced's 44 tiles that are a few pixels off stay whole,
   and it is what the field's released code does. An image that already has that size is not resampled.
7. More than `MAX_PIXELS` pixels are refused before anything is decoded.
"""

import io
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from zsr_lib.errors import BadFileError, BadInputError

RULES = 1
"""Version of the rules above; part of every decoded store's key."""

MAX_PIXELS = 64 * 2**20
"""Largest image that is decoded (8192 × 8192): about 200 MB as RGB."""

FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP")
SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".webp")
"""Endings by which a folder's image files are told from other files."""

_REPLACE = "replace the file by a good copy, or delete it."


def decode_image(path: Path, size: int) -> np.ndarray:
    """Reads one image file.

    Args:
        path: The file.
        size: Side of the result in pixels.

    Returns:
        (size, size, 3) uint8, RGB.

    Raises:
        BadFileError: The file cannot be read, or is empty, truncated, not an image, or too large.
        BadInputError: `size` is not positive.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFileError(f"{path} cannot be read ({error.strerror}).", "check the file and its rights.") from error
    return decode_bytes(data, str(path), size)


def decode_bytes(data: bytes, name: str, size: int, most: int = MAX_PIXELS) -> np.ndarray:
    """Like `decode_image`, from the file's bytes; of more pixels than `most` nothing is decoded.

    `name` is used in errors only.
    """
    if size < 1:
        raise BadInputError(f"image size is {size}.", "use 1 pixel or more.")
    if not data:
        raise BadFileError(f"{name} is empty (0 bytes).", _REPLACE)
    with _opened(data, name) as image:
        if math.prod(image.size) > most:
            raise BadFileError(
                f"{name} is too large ({image.width}×{image.height}).",
                f"make it smaller, or cut it into tiles: at most {most} pixels.",
            )
        try:
            rgb = to_rgb(ImageOps.exif_transpose(image))
        except BadFileError as error:
            raise BadFileError(f"{name} {error.problem}", error.remedy) from error
        except Exception as error:  # on damaged bytes Pillow's decoders raise nearly every built-in type
            raise BadFileError(f"{name} is damaged or truncated ({error}).", _REPLACE) from error
        if rgb.size != (size, size):
            rgb = rgb.resize((size, size), Image.Resampling.BICUBIC)
        return np.asarray(rgb)


def _opened(data: bytes, name: str) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise BadFileError(f"{name} is too large.", f"cut it into tiles of at most {MAX_PIXELS} pixels.") from error
    except Exception as error:
        raise BadFileError(f"{name} is not an image ({', '.join(FORMATS)}).", _REPLACE) from error


def to_rgb(image: Image.Image) -> Image.Image:
    """Converts any mode to RGB by rules 3 to 5.

    Raises:
        BadFileError: The mode has no rule; the problem starts after the file's name.
    """
    if image.mode.startswith("I;16"):
        grey = np.asarray(image).astype(np.uint32)
        return Image.fromarray(((grey + 128) // 257).astype(np.uint8)).convert("RGB")
    if image.mode in ("I", "F"):
        raise BadFileError("holds 32-bit values, whose range is not known.", "convert it to 8 or 16 bits per channel.")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return image.convert("RGB")
