"""Sketchy: 125 everyday classes, each sketch drawn from one photo (Sangkloy et al. 2016).

Read are the basic photos, in the official tree of the 256-pixel renderings or in plain class folders, which may
hold a part of the items. The extended photos (Liu et al. 2017) are not.
"""

from zsr_lib.data.folder_source import FolderSource
from zsr_lib.data.locate import Part
from zsr_lib.data.registry import DatasetInfo

# fmt: off
CLASSES = (
    "airplane", "alarm_clock", "ant", "ape", "apple", "armor", "axe", "banana", "bat", "bear", "bee", "beetle",
    "bell", "bench", "bicycle", "blimp", "bread", "butterfly", "cabin", "camel", "candle", "cannon", "car_(sedan)",
    "castle", "cat", "chair", "chicken", "church", "couch", "cow", "crab", "crocodilian", "cup", "deer", "dog",
    "dolphin", "door", "duck", "elephant", "eyeglasses", "fan", "fish", "flower", "frog", "geyser", "giraffe",
    "guitar", "hamburger", "hammer", "harp", "hat", "hedgehog", "helicopter", "hermit_crab", "horse",
    "hot-air_balloon", "hotdog", "hourglass", "jack-o-lantern", "jellyfish", "kangaroo", "knife", "lion", "lizard",
    "lobster", "motorcycle", "mouse", "mushroom", "owl", "parrot", "pear", "penguin", "piano", "pickup_truck", "pig",
    "pineapple", "pistol", "pizza", "pretzel", "rabbit", "raccoon", "racket", "ray", "rhinoceros", "rifle", "rocket",
    "sailboat", "saw", "saxophone", "scissors", "scorpion", "sea_turtle", "seagull", "seal", "shark", "sheep", "shoe",
    "skyscraper", "snail", "snake", "songbird", "spider", "spoon", "squirrel", "starfish", "strawberry", "swan",
    "sword", "table", "tank", "teapot", "teddy_bear", "tiger", "tree", "trumpet", "turtle", "umbrella", "violin",
    "volcano", "wading_bird", "wheelchair", "windmill", "window", "wine_bottle", "zebra",
)
# fmt: on

# The release has six renderings of each item; this one is centred, neither scaled nor moved.
RENDERING = "tx_000000000000"

INFO = DatasetInfo(
    name="sketchy",
    title="Sketchy",
    classes=CLASSES,
    expected={"photo": 12_500, "sketch": 75_481},  # sketches as distributed; the paper says 75 471
    terms="see the official page; cite the paper",
    citation="P. Sangkloy, N. Burnell, C. Ham and J. Hays, The Sketchy Database: Learning to Retrieve Badly Drawn "
    "Bunnies, ACM Transactions on Graphics 35(4), 2016",
    page="https://sketchy.eye.gatech.edu",
    folders={
        modality: (
            f"sketchy/{modality}",
            f"rendered_256x256/256x256/{modality}/{RENDERING}",
            f"256x256/{modality}/{RENDERING}",
            f"sketchy/256x256/{modality}/{RENDERING}",
        )
        for modality in ("photo", "sketch")
    },
)

PHOTOS = Part(INFO, "photo", "camera")
SKETCHES = Part(INFO, "sketch", "hand")


def photo_of(sketch: str) -> str:
    """Id of the photo that a sketch was drawn from.

    >>> photo_of("airplane/n02691156_10151-1")
    'airplane/n02691156_10151'
    """
    return sketch.rpartition("-")[0]


SOURCE = FolderSource(INFO, (PHOTOS, SKETCHES), partners={"sketch": ("photo", photo_of)})
