"""TU-Berlin: 250 classes with 80 hand sketches each, and photos that others collected for them.

The published protocols search the extended photo set. Without it the photos of Caltech-101 and of Sketchy stand in
for those classes that they know. Such a gallery is *reduced*: fewer classes, fewer photos, other photos; its numbers
are not comparable with published ones, and tasks on it say so (``build_task(..., reduced=True)``).
"""

from zsr_lib.data.folder_source import FolderSource
from zsr_lib.data.locate import Part
from zsr_lib.data.registry import DatasetInfo
from zsr_lib.data.sets import sketchy

# fmt: off
CLASSES = (
    "airplane", "alarm clock", "angel", "ant", "apple", "arm", "armchair", "ashtray", "axe", "backpack", "banana",
    "barn", "baseball bat", "basket", "bathtub", "bear (animal)", "bed", "bee", "beer-mug", "bell", "bench",
    "bicycle", "binoculars", "blimp", "book", "bookshelf", "boomerang", "bottle opener", "bowl", "brain", "bread",
    "bridge", "bulldozer", "bus", "bush", "butterfly", "cabinet", "cactus", "cake", "calculator", "camel", "camera",
    "candle", "cannon", "canoe", "car (sedan)", "carrot", "castle", "cat", "cell phone", "chair", "chandelier",
    "church", "cigarette", "cloud", "comb", "computer monitor", "computer-mouse", "couch", "cow", "crab",
    "crane (machine)", "crocodile", "crown", "cup", "diamond", "dog", "dolphin", "donut", "door", "door handle",
    "dragon", "duck", "ear", "elephant", "envelope", "eye", "eyeglasses", "face", "fan", "feather", "fire hydrant",
    "fish", "flashlight", "floor lamp", "flower with stem", "flying bird", "flying saucer", "foot", "fork", "frog",
    "frying-pan", "giraffe", "grapes", "grenade", "guitar", "hamburger", "hammer", "hand", "harp", "hat", "head",
    "head-phones", "hedgehog", "helicopter", "helmet", "horse", "hot air balloon", "hot-dog", "hourglass", "house",
    "human-skeleton", "ice-cream-cone", "ipod", "kangaroo", "key", "keyboard", "knife", "ladder", "laptop", "leaf",
    "lightbulb", "lighter", "lion", "lobster", "loudspeaker", "mailbox", "megaphone", "mermaid", "microphone",
    "microscope", "monkey", "moon", "mosquito", "motorbike", "mouse (animal)", "mouth", "mug", "mushroom", "nose",
    "octopus", "owl", "palm tree", "panda", "paper clip", "parachute", "parking meter", "parrot", "pear", "pen",
    "penguin", "person sitting", "person walking", "piano", "pickup truck", "pig", "pigeon", "pineapple",
    "pipe (for smoking)", "pizza", "potted plant", "power outlet", "present", "pretzel", "pumpkin", "purse", "rabbit",
    "race car", "radio", "rainbow", "revolver", "rifle", "rollerblades", "rooster", "sailboat", "santa claus",
    "satellite", "satellite dish", "saxophone", "scissors", "scorpion", "screwdriver", "sea turtle", "seagull",
    "shark", "sheep", "ship", "shoe", "shovel", "skateboard", "skull", "skyscraper", "snail", "snake", "snowboard",
    "snowman", "socks", "space shuttle", "speed-boat", "spider", "sponge bob", "spoon", "squirrel", "standing bird",
    "stapler", "strawberry", "streetlight", "submarine", "suitcase", "sun", "suv", "swan", "sword", "syringe",
    "t-shirt", "table", "tablelamp", "teacup", "teapot", "teddy-bear", "telephone", "tennis-racket", "tent", "tiger",
    "tire", "toilet", "tomato", "tooth", "toothbrush", "tractor", "traffic light", "train", "tree", "trombone",
    "trousers", "truck", "trumpet", "tv", "umbrella", "van", "vase", "violin", "walkie talkie", "wheel",
    "wheelbarrow", "windmill", "wine-bottle", "wineglass", "wrist-watch", "zebra",
)
# fmt: on

INFO = DatasetInfo(
    name="tuberlin",
    title="TU-Berlin",
    classes=CLASSES,
    expected={"photo": 204_489, "sketch": 20_000},
    terms="sketches: CC BY 4.0; photos: rights of their owners; cite the papers",
    citation="M. Eitz, J. Hays and M. Alexa, How Do Humans Sketch Objects?, ACM Transactions on Graphics 31(4), 2012; "
    "photos: H. Zhang et al., SketchNet, CVPR 2016; L. Fei-Fei et al., Caltech-101, 2004",
    page="https://cybertron.cg.tu-berlin.de/eitz/projects/classifysketch",
    folders={
        "photo": ("tuberlin/photo", "TUBerlin/ImageResized_ready"),
        "photo-caltech101": ("tuberlin/photo_caltech101",),
        "sketch": ("tuberlin/sketch", "TUBerlin/png_ready", "tuberlin/png"),
    },
)

PHOTOS = Part(INFO, "photo", "camera")
CALTECH = Part(
    INFO,
    "photo",
    "camera",
    folder="photo-caltech101",
    stands_in=True,
    note="reduced: photos of Caltech-101 stand in for the extended photo set",
)
SKETCHY = Part(
    sketchy.INFO,
    "photo",
    "camera",
    stands_in=True,
    note="reduced: photos of Sketchy's classes of the same name stand in for the extended photo set",
)
SKETCHES = Part(INFO, "sketch", "hand")

SOURCE = FolderSource(INFO, (PHOTOS, CALTECH, SKETCHY, SKETCHES), first_is_whole=False)
