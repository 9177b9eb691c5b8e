"""Earth on Canvas: 14 of UC Merced's classes with hand sketches (Chaudhuri et al. 2020).

The photos are UC Merced's own tiles, so they are read from there. Of the sketches a public sample exists
(five classes); the full set needs a login. Classes without sketches are a normal state.
"""

from zsr_lib.data.folder_source import FolderSource
from zsr_lib.data.locate import Part
from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.data.registry import DatasetInfo
from zsr_lib.data.sets import ucmerced

INFO = DatasetInfo(
    name="eoc",
    title="Earth on Canvas",
    classes=EOC_CLASSES,
    expected={"photo": 1400, "sketch": 1400},
    terms="photos: USGS National Map imagery, public domain; sketches: see IEEE DataPort; cite the paper",
    citation="U. Chaudhuri, B. Banerjee, A. Bhattacharya, M. Datcu, A Zero-Shot Sketch-based Inter-Modal "
    "Object Retrieval Scheme for Remote Sensing Images, arXiv:2008.05225, 2020",
    page="https://ieee-dataport.org (data set 'earth-canvas-6'; five classes also at "
    "https://github.com/ushasi/Earth-on-Canvas-dataset, branch gh-pages)",
    login=True,
    folders={"sketch": ("eoc_sketches", "EoC/sketch", "Earth-on-Canvas-dataset")},
)

SKETCHES = Part(INFO, "sketch", "hand", sparse=True)

SOURCE = FolderSource(INFO, (ucmerced.PHOTOS, SKETCHES))
