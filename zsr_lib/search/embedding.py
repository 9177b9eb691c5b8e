"""A fitted system as a function from pictures to codes."""

import shutil
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zsr_lib.configs import plain
from zsr_lib.data.images import decode_image
from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadFileError, BadInputError, ZsrError
from zsr_lib.features.architectures import NOT_PICTURES
from zsr_lib.features.cache import without_cache
from zsr_lib.features.network import unfilled
from zsr_lib.features.weights import file_of
from zsr_lib.files import atomic_path
from zsr_lib.models.method import Method
from zsr_lib.models.saving import BACKBONE, DESCRIPTION, TENSORS, features_in, kept_name, load
from zsr_lib.reporting.run_record import RECORD, read_record
from zsr_lib.search.calibration import NAME as CALIBRATION
from zsr_lib.search.default_model import DEFAULT_MODEL

USUAL_SIZE = 256
"""Side in pixels to which pictures are decoded for a system whose run does not say."""
INK = 64
"""A pixel is ink if it is at least so much darker than the paper."""


@dataclass(frozen=True, eq=False)
class Embedder:
    """A system, and the size of the pictures that it is given.

    Attributes:
        method: The fitted system.
        size: Side in pixels to which pictures are decoded.
        folder: Where its tensors and its description lie.
    """

    method: Method
    size: int
    folder: Path

    def photos(self, pixels: np.ndarray) -> np.ndarray:
        """Codes of (N, size, size, 3) uint8 photos: (N, D); in halves where all of them do not fit into memory.

        Raises:
            ZsrError: Not even one fits.
        """
        try:
            return embed_pixels(self.method, pixels, "photo")
        except (MemoryError, RuntimeError) as error:  # torch's are RuntimeErrors
            if not isinstance(error, MemoryError) and not any(told in str(error) for told in _OUT_OF_MEMORY):
                raise
            if len(pixels) == 1:
                raise ZsrError("there is not enough memory to embed one picture.", "close other programs.") from error
        middle = len(pixels) // 2
        return np.concatenate([self.photos(pixels[:middle]), self.photos(pixels[middle:])])

    def sketches(self, pixels: np.ndarray) -> np.ndarray:
        """Codes of (N, size, size, 3) uint8 sketches, dark lines on white: (N, D); one alone, sooner."""
        with unfilled() if len(pixels) == 1 else nullcontext():
            return embed_pixels(self.method, pixels, "sketch")


_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
ORIGINS = {"photo": "camera", "sketch": "hand"}


def embed_pixels(method: Method, pixels: np.ndarray, modality: str) -> np.ndarray:
    """Codes of pictures that belong to no data set; the cache of features keeps nothing of them.

    Args:
        method: A fitted system.
        pixels: (N, H, W, 3) uint8.
        modality: ``photo`` or ``sketch``.

    Returns:
        (N, D) as the system's `embed` gives them.
    """
    with without_cache():
        return method.embed(items_of(pixels, modality))


def items_of(pixels: np.ndarray, modality: str) -> ItemSet:
    """Items of (N, H, W, 3) uint8 pictures that belong to no data set."""
    labels = np.zeros(len(pixels), np.int64)
    ids = np.array([str(number) for number in range(len(pixels))])
    return ItemSet(ids, labels, ("unknown",), modality, ORIGINS[modality], pixels=pixels)


def embedder(folder: Path = DEFAULT_MODEL) -> Embedder:
    """The system in a run's folder (`zsr run` makes them), or in a folder that `zsr_lib.models.saving.save` wrote.

    Args:
        folder: The one that ships with the package unless another is named.

    Raises:
        BadFileError: There is no saved system, or it is damaged.
    """
    for model in (folder / "model", folder):
        if (model / DESCRIPTION).is_file():
            size = read_record(folder).setting["data"]["size"] if (folder / RECORD).is_file() else USUAL_SIZE
            return Embedder(load(model), size, model)
    raise BadFileError(f"{folder} holds no fitted system.", "name a folder below runs/ that zsr run made.")


def copy_system(system: Embedder, folder: Path) -> None:
    """Copies all that a query needs to a folder: also the backbone's weights, which another machine may not have.

    Raises:
        ZsrError: The disk is full, or the folder cannot be written.
    """
    files = {name: system.folder / name for name in (TENSORS, DESCRIPTION)}
    if (system.folder / CALIBRATION).is_file():
        files[CALIBRATION] = system.folder / CALIBRATION
    for features in features_in(plain(system.method.config)):
        if features["backbone"] not in NOT_PICTURES and (weights := file_of(features["backbone"], features["weights"])):
            files[f"{BACKBONE}/{kept_name(features)}{weights.suffix}"] = weights
    shutil.rmtree(folder / BACKBONE, ignore_errors=True)  # of another system, begun here and killed
    for name, path in files.items():
        with atomic_path(folder / name) as temporary:
            shutil.copyfile(path, temporary)


def read_sketch(path: Path, size: int) -> np.ndarray:
    """A drawing from a file, as systems expect it: dark lines on white.

    White lines on black are turned round.

    Args:
        path: JPEG, PNG or another picture.
        size: Side of the result.

    Returns:
        (size, size, 3) uint8.

    Raises:
        BadFileError: No picture, damaged, or too large.
        BadInputError: Nothing is drawn on it.
    """
    return as_sketch(decode_image(path, size), str(path))


def as_sketch(pixels: np.ndarray, name: str = "the drawing") -> np.ndarray:
    """Like `read_sketch`, of (size, size, 3) uint8 pixels; `name` is used in errors only."""
    grey = pixels.mean(axis=2)
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    if np.median(edge) < 128:
        pixels, grey = 255 - pixels, 255 - grey
    if np.median(grey) - grey.min() < INK:
        raise BadInputError(
            f"{name} is empty: nothing on it is darker than the paper.", "draw something, dark on white."
        )
    return pixels
