"""Bands by name: what a network expects, what items have, and errors where the two contradict each other."""

from dataclasses import dataclass

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError, UnknownNameError

RGB = ("red", "green", "blue")
"""Names of the bands of items that name none."""


@dataclass(frozen=True)
class LayoutConfig:
    """The bands of a network's input.

    Attributes:
        bands: Their names, in the network's order; () takes those of the training items, in their order.
        mean: Of each, in the items' units; () is measured.
        sd: Spread of each; () is measured.

    Raises:
        BadInputError: Names repeat, or there are not as many numbers as names.
    """

    bands: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    sd: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        counts = {len(each) for each in (self.mean, self.sd)}
        if len(set(self.bands)) < len(self.bands) or counts not in ({0}, {len(self.bands)}):
            raise BadInputError(
                f"a layout of {len(self.bands)} bands ({', '.join(self.bands)}) has {len(self.mean)} means and "
                f"{len(self.sd)} spreads.",
                "name every band once, and give one mean and one sd for each, or none.",
            )


def bands_of(items: ItemSet) -> tuple[str, ...]:
    """Names of the items' bands, in their order; `RGB` where they name none."""
    return items.bands or RGB


def check_bands(modality: str, names: tuple[str, ...], layout: tuple[str, ...]) -> None:
    """Makes sure that every band has one place in a network's input.

    Raises:
        UnknownNameError: The network has no place for a band; names the nearest.
        BadInputError: Two bands have one name.
    """
    for name in names:
        if name not in layout:
            raise UnknownNameError(f"band of {modality} items", name, layout)
    if len(set(names)) < len(names):
        raise BadInputError(f"{modality} items have bands {', '.join(names)}.", "name every band once.")


def check_same(items: ItemSet, wanted: tuple[str, ...], system: str) -> None:
    """Makes sure that items have the bands that a system was fitted on, in that order.

    Raises:
        BadInputError: They do not; says in what they differ.
    """
    if (found := bands_of(items)) == wanted:
        return
    what = "in another order than" if set(found) == set(wanted) else "others than"
    raise BadInputError(
        f"{items.modality} items have the bands {', '.join(found)}, {what} those '{system}' was fitted on: "
        f"{', '.join(wanted)}.",
        "put pixels and names into that order, or fit it on these bands.",
    )
