"""One class, many spellings: matching class names between data sets, word vectors and what a person types.

Data sets of this field write one class as ``Storage tank``, ``storagetanks`` or ``storage_tanks``, and
call ``Aeroplane`` what others call ``airplane``. Two names match when, without case, spaces, punctuation
and plural ending, they are equal or stand in one row of `ALIASES`.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from zsr_lib.errors import BadInputError, UnknownNameError

EOC_CLASSES = (
    "airplane",
    "baseballdiamond",
    "buildings",
    "freeway",
    "golfcourse",
    "harbor",
    "intersection",
    "mobilehomepark",
    "overpass",
    "parkinglot",
    "river",
    "runway",
    "storagetanks",
    "tenniscourt",
)
"""The 14 classes of Earth on Canvas in their alphabetical order, spelled as in UC Merced's folders."""

# Only names for the *same* thing, because the leak audit trusts these rows: a narrower class ("airliner")
# does not belong here (`near_classes` keeps it out of auxiliary data), nor does a homonym ("plane" and "crane"
# also name a tool and a bird in ImageNet).
ALIASES = (
    # remote sensing: Earth on Canvas, UC Merced, other scene lists, the generated scenes
    ("airplane", "aeroplane", "aircraft"),
    ("baseball diamond", "baseball field"),
    ("container yard", "container terminal"),
    ("freeway", "motorway", "expressway"),
    ("golf course", "golf links"),
    ("harbor", "harbour"),
    ("intersection", "crossroads", "road intersection"),
    ("mobile home park", "trailer park"),
    ("overpass", "flyover"),
    ("parking lot", "car park", "parking"),
    ("railway", "railroad"),
    ("roundabout", "traffic circle"),
    ("runway", "airport runway"),
    ("solar farm", "solar park", "photovoltaic farm"),
    # everyday objects: Sketchy, TU-Berlin, QuickDraw
    ("axe", "ax"),
    ("bear", "bear (animal)"),
    ("bicycle", "bike"),
    ("bus", "buses"),
    ("car", "car (sedan)"),
    ("cell phone", "mobile phone"),
    ("couch", "sofa"),
    ("crocodile", "crocodilian"),
    ("donut", "doughnut"),
    ("Eiffel tower", "effiel tower"),  # QuickDraw-Extended ships one of its folders misspelled
    ("eyeglasses", "spectacles"),
    ("flower", "flower with stem"),
    ("headphones", "earphones"),
    ("motorcycle", "motorbike"),
    ("mouse", "mouse (animal)"),
    ("racket", "racquet", "tennis racket", "tennis racquet"),
    ("rhinoceros", "rhino"),
    ("sailboat", "sailing boat"),
    ("seagull", "gull"),
    ("streetlight", "street lamp"),
    ("t-shirt", "tee shirt"),
    ("television", "tv"),
)


def fold(name: str) -> str:
    """Lower-case letters and digits of `name` only: ``fold('Hot-air_Balloon')`` is ``'hotairballoon'``."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKD", str(name)).casefold())


def _singular(folded: str) -> str:
    """Removes an English plural ending; ``bus`` and ``glass`` have none."""
    if folded.endswith("ies") and len(folded) > 4:
        return folded[:-3] + "y"
    if folded.endswith(("ches", "shes", "sses")):
        return folded[:-2]
    if folded.endswith("s") and not folded.endswith(("ss", "us", "is")):
        return folded[:-1]
    return folded


@cache
def _alias_keys() -> dict[str, str]:
    """Singular folded name → singular folded first name of its row."""
    return {_singular(fold(name)): _singular(fold(row[0])) for row in ALIASES for name in row}


def class_key(name: str) -> str:
    """What all spellings of one class have in common; compare keys, never show them."""
    singular = _singular(fold(name))
    return _alias_keys().get(singular, singular)


def same_class(a: str, b: str) -> bool:
    """Whether two names mean the same class, as the leak audit needs to know.

    >>> same_class("Aeroplane", "airplane"), same_class("tank", "storage tanks")
    (True, False)
    """
    return class_key(a) == class_key(b) != ""


def match_class(name: str, known: Iterable[str]) -> str:
    """The one name among `known` that means the same class as `name`.

    A literally equal name wins, then one that differs in case and punctuation only, then plurals and aliases.

    Args:
        name: As typed, or as another data set spells it.
        known: The class names to choose from.

    Raises:
        UnknownNameError: None of them means that class; names the nearest.
        BadInputError: Several of them do.
    """
    known = list(dict.fromkeys(known))
    if name in known:
        return name
    for key in (fold, class_key):
        found = [other for other in known if key(other) == key(name) != ""]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadInputError(f"class '{name}' could be any of: {', '.join(found)}.", "write one of these exactly.")
    raise UnknownNameError("class", name, known)
