"""SEN1-2: pairs of Sentinel-1 SAR and Sentinel-2 optical tiles of the same places (Schmitt et al. 2018).

Read are class folders of a sample, ``sar/<class>/N.jpg`` beside ``optical/<class>/N.jpg``: the same number is the same
place. What is grey is so in all three bands.
"""

from zsr_lib.data.folder_source import FolderSource
from zsr_lib.data.locate import Part
from zsr_lib.data.registry import DatasetInfo

CLASSES = ("agriculture", "forest", "gorge", "resident", "river")

INFO = DatasetInfo(
    name="sen12",
    title="SEN1-2, a sample in classes",
    classes=CLASSES,
    expected={"optical": 300, "sar": 300},
    terms="contains modified Copernicus Sentinel data; see the official page; cite the paper",
    citation="M. Schmitt, L. H. Hughes and X. X. Zhu, The SEN1-2 Dataset for Deep Learning in SAR-Optical Data Fusion, "
    "ISPRS Annals IV-1, 2018",
    page="https://mediatum.ub.tum.de/1436631",
    folders={modality: (f"sen12/{modality}",) for modality in ("optical", "sar")},
)


def same_place(name: str) -> str:
    """Id of the tile of the other sensor: the same.

    >>> same_place("river/17")
    'river/17'
    """
    return name


SOURCE = FolderSource(
    INFO,
    (Part(INFO, "optical", "camera"), Part(INFO, "sar", "camera")),
    partners={"optical": ("sar", same_place), "sar": ("optical", same_place)},
)
