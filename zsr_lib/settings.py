"""The settings that a user can make, all read from the environment.

- ``ZSR_DATA``: a folder with real data sets; it is only ever read. Without it the generated data is used.
- ``ZSR_CACHE``: where decoded images, downloads and features are kept; can be deleted at any time.
- ``ZSR_THREADS``: CPU threads of every run that reports numbers (default 2, as in CI).
- ``ZSR_WEIGHTS``: a folder with backbone weights; without it, ``weights`` in or beside the data root.
"""

import os
from pathlib import Path

import platformdirs

from zsr_lib.errors import BadInputError, DataNotFoundError


def data_root(override: str | Path | None = None) -> Path | None:
    """The folder with real data, or None when neither `override` nor ``ZSR_DATA`` names one.

    Raises:
        DataNotFoundError: A folder was named that does not exist.
    """
    named = str(override) if override else os.environ.get("ZSR_DATA", "").strip()
    if not named:
        return None
    root = Path(named).expanduser()
    if not root.is_dir():
        raise DataNotFoundError(
            f"the data root '{named}' is not a folder.",
            "set ZSR_DATA (or --data) to the folder that holds your data sets, or unset it to use the generated data.",
        )
    return root.resolve()


def cache_root() -> Path:
    """The folder for everything that can be made again: ``ZSR_CACHE`` or the user's cache folder."""
    named = os.environ.get("ZSR_CACHE", "").strip()
    return (
        Path(named).expanduser().resolve() if named else Path(platformdirs.user_cache_dir("zsr_lib", appauthor=False))
    )


def threads() -> int:
    """CPU threads for runs that report numbers: ``ZSR_THREADS``, else 2.

    Raises:
        BadInputError: The setting is not a whole number of at least 1.
    """
    text = os.environ.get("ZSR_THREADS", "2")
    if not text.isdecimal() or int(text) < 1:
        raise BadInputError(
            f"ZSR_THREADS is '{text}'.", "set it to a whole number, 1 or more (numbers in the book use 2)."
        )
    return int(text)


def weight_files() -> list[Path]:
    """Weights (``.pth``, ``.safetensors``, ``.onnx``): in ``ZSR_WEIGHTS``, else in ``weights`` in or beside the data.

    Encoders of sentences lie in ``text`` there.
    """
    named, root = os.environ.get("ZSR_WEIGHTS", "").strip(), data_root()
    folders = [Path(named).expanduser()] if named else [root / "weights", root.parent / "weights"] if root else []
    return sorted(
        path
        for folder in (*folders, *(each / "text" for each in folders))
        if folder.is_dir()
        for path in folder.iterdir()
        if path.suffix in {".pth", ".safetensors", ".onnx"}
    )
