"""Virtual rasters (VRT): XML that names other files, which GDAL would follow anywhere, into the network, too.

So only mosaics of files below the VRT's own folder are opened.
"""

from pathlib import Path
from xml.etree import ElementTree  # Expat refuses what grows without bounds; documents with entities are refused here

from zsr_lib.errors import BadFileError

LARGEST = 2**24
"""Bytes of a VRT that are read."""
MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"\0\0\0\x0cjP  ")
"""How TIFF, BigTIFF and JPEG 2000 begin: what a file is, GDAL tells from its bytes and not from its name."""
PLAIN = {None, "VRTSourcedRasterBand"}
"""Kinds of bands that take their pixels from files as they are; others compute, warp or read bytes."""
_FILES = ("Filename", "Dataset")
_CONVERT = "write it as a raster of its own: gdal_translate FILE FILE.tif."


def sources_of_virtual(path: Path) -> list[Path]:
    """Where a VRT leads: the files that it shows.

    Raises:
        BadFileError: It is no VRT, computes or warps, or names a file that is not below its folder, not there, or
            neither TIFF nor JPEG 2000.
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(LARGEST + 1)
        if len(text) > LARGEST or b"<!" in text:
            raise BadFileError(f"{path} is too large, or holds more than elements.", _CONVERT)
        tree = ElementTree.fromstring(text)  # noqa: S314
    except OSError as error:
        raise BadFileError(f"{path} cannot be read ({error.strerror}).", "check the file and its rights.") from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise BadFileError(f"{path} is no VRT ({error}).", "replace it, or delete it.") from error
    if tree.tag != "VRTDataset" or any(each.get("subClass") not in PLAIN or each.tag == "OOI" for each in tree.iter()):
        raise BadFileError(f"{path} is no plain mosaic of files.", _CONVERT)
    named = (each for each in tree.iter() if each.tag.startswith("Source") and each.tag.endswith(_FILES))
    return [check_source(path, each.text or "", each.get("relativeToVRT") == "1") for each in named]


def check_source(path: Path, name: str, relative: bool) -> Path:
    """The file that another one names.

    Args:
        path: Of the file that names it.
        name: Its path.
        relative: To the folder of `path`.

    Raises:
        BadFileError: It is not below the folder of `path`, not there, or neither TIFF nor JPEG 2000.
    """
    home = path.parent.resolve()
    try:
        source = (home / name if relative else Path(name)).resolve()
        if not (source.is_relative_to(home) and source.is_file()):
            raise BadFileError(
                f"{path} names {name}, which is not below its folder.", "move it to where its files are."
            )
        with source.open("rb") as stream:
            begins = stream.read(max(map(len, MAGIC)))
    except (OSError, ValueError) as error:
        raise BadFileError(f"{path} names {name}, which cannot be read.", "check the file and its rights.") from error
    if not begins.startswith(MAGIC):
        raise BadFileError(f"{path} names {name}, which is neither TIFF nor JPEG 2000.", _CONVERT)
    return source
