"""UC Merced Land Use: 21 classes of aerial photos, 100 tiles each (Yang and Newsam 2010)."""

from zsr_lib.data.folder_source import FolderSource
from zsr_lib.data.locate import Part
from zsr_lib.data.registry import Archive, DatasetInfo

# fmt: off
CLASSES = (
    "agricultural", "airplane", "baseballdiamond", "beach", "buildings", "chaparral", "denseresidential",
    "forest", "freeway", "golfcourse", "harbor", "intersection", "mediumresidential", "mobilehomepark",
    "overpass", "parkinglot", "river", "runway", "sparseresidential", "storagetanks", "tenniscourt",
)
# fmt: on

INFO = DatasetInfo(
    name="ucmerced",
    title="UC Merced Land Use",
    classes=CLASSES,
    expected={"photo": 2100},
    terms="USGS National Map imagery, public domain; cite the paper",
    citation="Y. Yang and S. Newsam, Bag-of-Visual-Words and Spatial Extensions for Land-Use Classification, "
    "ACM SIGSPATIAL GIS 2010",
    page="http://weegee.vision.ucmerced.edu/datasets/landuse.html",
    archive=Archive(
        filename="UCMerced_LandUse.zip",
        md5="5b7ec56793786b6dc8a908e8854ac0e4",
        size_bytes=332_468_434,
        urls=(
            "http://weegee.vision.ucmerced.edu/datasets/UCMerced_LandUse.zip",
            # TorchGeo's copy of the same bytes, for the days when the university's server is down.
            "https://hf.co/datasets/torchgeo/ucmerced/resolve/7c5ef3454d9b1cccfa7ccde0c01fc8f00a45909a/"
            "UCMerced_LandUse.zip",
        ),
    ),
    folders={
        "photo": (
            "ucmerced",
            "UCMerced_LandUse/Images",
            "ucmerced/UCMerced_LandUse/Images",
            "ucmerced/Images",
        ),
    },
)

PHOTOS = Part(INFO, "photo", "camera")

SOURCE = FolderSource(INFO, (PHOTOS,))
