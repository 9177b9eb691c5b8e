"""Panchromatic and multispectral scenes of three satellites, cut into pairs of tiles of the same ground.

CMIR-Net (Chaudhuri et al. 2020) retrieves between such pairs on DSRSID (80 000 pairs, 8 kinds of land cover). These
scenes have no land cover labels: the classes are the scenes, and what is relevant is the partner tile. Tiles of one
scene touch, so divide them by place (``by-place-20-guard-64-choice-0``; footprints are in panchromatic pixels).
"""

from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.data.checksums import combined
from zsr_lib.data.file_source import FileSource, read_mat
from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset, DatasetInfo, Survey
from zsr_lib.data.store import open_or_build
from zsr_lib.errors import BadFileError, BadInputError

FILES = {"GeoEye-1": "imgGE1.mat", "IKONOS": "imgIK.mat", "WorldView-2": "imgWV2.mat"}
BANDS = {"pan": ("panchromatic",), "ms": ("blue", "green", "red", "near-infrared")}
OF_COUNT = {4: (0, 1, 2, 3), 8: (1, 2, 4, 6)}
"""Number of a sensor's bands → which of them are `BANDS`; WorldView-2 has coastal, yellow, red edge and a second
near-infrared beside."""
OF_EIGHT = "WorldView-2"
EIGHT = ("coastal", "blue", "green", "yellow", "red", "red edge", "near-infrared", "near-infrared 2")
"""All bands of the scene that has eight, in its order."""
RATIO = 4
"""Panchromatic pixels to the side of a multispectral one."""
SIDE = 64
SCENE = 1280

INFO = DatasetInfo(
    name="pan_ms",
    title="Panchromatic and multispectral scenes",
    classes=tuple(FILES),
    expected=dict.fromkeys(BANDS, len(FILES) * (SCENE // SIDE) ** 2),
    terms="for informational and nonprofit purposes only (GRIP-UNINA)",
    citation="G. Masi, D. Cozzolino, L. Verdoliva and G. Scarpa, Pansharpening by Convolutional Neural Networks, "
    "Remote Sensing 8(7), 2016",
    page="https://github.com/sergiovitale/pansharpening-cnn-python-version",
    folders={"pan": ("pan_ms",)},
)


class PanMsSource(FileSource):
    """Tiles are cut, never resized: `size` is the side of a panchromatic tile, a quarter of it of a multispectral one.

    So, other than in data sets of files, another size gives other items.
    """

    def survey(self, root: Path | None, progress: bool) -> Survey:
        """Counts at the usual size, and the checksum of the files; nothing is cut."""
        found = self.find(root)
        counts = dict.fromkeys(BANDS, ((SCENE // SIDE) ** 2,) * len(FILES))
        return Survey(found, counts, self.checksum(found["pan"], progress), self._notes())

    def load(self, size: int, root: Path | None, progress: bool, *, every_band: bool = False) -> Dataset:
        """Tiles from the store, cut first when this size is new.

        Args:
            size: Side of a panchromatic tile in pixels.
            root: The folder with real data.
            progress: Show progress bars.
            every_band: Only the scene of eight bands (WorldView-2), with all of them.

        Returns:
            Items of the modalities ``pan`` (N, size, size, 1) and ``ms`` (N, size/4, size/4, 4), uint16: the sensors'
            numbers of L bits moved up to 16 bits. Ids are ``<scene>/<row>-<column>``, in both modalities.

        Raises:
            BadInputError: The size is not a multiple of 4.
            BadFileError: A file is damaged, or smaller than a tile.
        """
        if size % RATIO:
            raise BadInputError(f"tiles of {size} pixels cut multispectral pixels.", f"give a multiple of {RATIO}.")
        folder, files = self.find(root)["pan"], {OF_EIGHT: FILES[OF_EIGHT]} if every_band else FILES
        checksum, what = self.checksum(folder, progress), ", every band" if every_band else ""

        def build(target: Path) -> dict[str, Any]:
            """Cuts the scenes into tiles in the store."""
            scenes = [_scene(folder / name, size, every_band) for name in files.values()]
            for modality in BANDS:
                np.save(target / f"{modality}.npy", np.concatenate([_tiles(scene[modality], size) for scene in scenes]))
            return {"grids": [[side // size for side in scene["pan"].shape[:2]] for scene in scenes]}

        stored = open_or_build(f"pan_ms-{size}px", combined([checksum, f"cut 1, {size} px{what}"]), build)
        places = np.array(
            [
                (scene, row, column)
                for scene, (rows, columns) in enumerate(stored.manifest["grids"])
                for row in range(rows)
                for column in range(columns)
            ]
        )
        bands = BANDS | {"ms": EIGHT} if every_band else BANDS
        items = {name: _items(name, tuple(files), places, size, stored.array(name), bands[name]) for name in BANDS}
        whole = combined([checksum, "every band"]) if every_band else checksum
        return Dataset(self.info.name, tuple(files), items, whole, self._notes())

    def _notes(self) -> tuple[str, ...]:
        return ("classes are scenes: no land cover is labelled, so relevance is by pair",)


def _scene(path: Path, size: int, every_band: bool) -> dict[str, np.ndarray]:
    """Modality → (H, W, C) uint16."""
    found = read_mat(path, {"I_PAN": (None, None), "I_MS": (None, None, None), "L": (1, 1)})
    pan, ms = found["I_PAN"][..., None], found["I_MS"]
    if pan.shape[:2] != tuple(RATIO * side for side in ms.shape[:2]) or min(pan.shape[:2]) < size:
        raise BadFileError(
            f"{path} holds {pan.shape[:2]} panchromatic and {ms.shape[:2]} multispectral pixels.",
            f"use a scene whose panchromatic side is {RATIO} times the other and at least {size} pixels.",
        )
    if ms.shape[2] not in OF_COUNT:
        raise BadFileError(f"{path} has {ms.shape[2]} bands.", "use a scene of 4 or 8 bands.")
    up = 16 - int(found["L"][0, 0])
    both = {"pan": pan, "ms": ms if every_band else ms[..., OF_COUNT[ms.shape[2]]]}
    return {name: pixels.astype(np.uint16) << up for name, pixels in both.items()}


def _tiles(scene: np.ndarray, size: int) -> np.ndarray:
    """(rows · columns, side, side, C) tiles of a scene, row by row; what is left at the edges is dropped."""
    side = size if scene.shape[2] == 1 else size // RATIO
    rows, columns = scene.shape[0] // side, scene.shape[1] // side
    cut = scene[: rows * side, : columns * side].reshape(rows, side, columns, side, -1)
    return cut.swapaxes(1, 2).reshape(rows * columns, side, side, -1)


def _items(
    modality: str, classes: tuple[str, ...], places: np.ndarray, size: int, pixels: np.ndarray, bands: tuple[str, ...]
) -> ItemSet:
    ids = np.array([f"{classes[scene]}/{row:02d}-{column:02d}" for scene, row, column in places.tolist()])
    corners = size * np.concatenate([places[:, 1:], places[:, 1:] + 1], axis=1)
    footprints = np.concatenate([places[:, :1], corners], axis=1).astype(np.float64)
    return ItemSet(
        ids, places[:, 0].astype(np.int64), classes, modality, "camera",
        pixels=pixels, bands=bands, pairs=ids, footprints=footprints,
    )  # fmt: skip


SOURCE = PanMsSource(INFO, tuple(BANDS), tuple(FILES.values()))
