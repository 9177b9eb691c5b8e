"""From a name, a seed and an index to one instance: its scene and the view of it."""

from dataclasses import dataclass

from zsr_lib.data.scenes.dice import Dice
from zsr_lib.data.scenes.registry import recipe_of
from zsr_lib.data.scenes.scene import Scene
from zsr_lib.data.scenes.surroundings import surround
from zsr_lib.data.scenes.view import View, draw_view
from zsr_lib.errors import BadInputError

SMALLEST, LARGEST = 16, 256


@dataclass(frozen=True)
class Instance:
    """One scene as seen in one tile.

    Attributes:
        scene: The subject's parts, bottom first, then those of its surroundings.
        view: Where the camera hangs.
        key: What the draws of this instance are seeded with.
    """

    scene: Scene
    view: View
    key: tuple[object, ...]

    def dice(self, purpose: str) -> Dice:
        """Random draws of this instance for one purpose; what one purpose draws does not disturb another."""
        return Dice(*self.key, purpose)


def build(name: str, seed: int, index: int, role: str, *, alone: bool = False) -> Instance:
    """The instance `index` of class `name`.

    Args:
        name: Class name.
        seed: Seed of the whole data set.
        index: Number of the instance in its class, from 0.
        role: ``photo`` or ``sketch``: instances of the two roles never coincide.
        alone: Leave out the surroundings, which most hands do not draw.

    Raises:
        UnknownNameError: No recipe has this name.
        BadInputError: The seed or the index is not a whole number of at least 0.
    """
    recipe = recipe_of(name)
    for what, value in (("seed", seed), ("index", index)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise BadInputError(f"the {what} of a generated scene is {value!r}.", "use a whole number, 0 or more.")
    key = (name, seed, index, role)
    dice = Dice(*key, "shape")
    span = dice.uniform(*recipe.span)
    scene = Scene(dice, span, dice.pick(recipe.grounds))
    recipe.draw(scene)
    view = draw_view(Dice(*key, "view"), span)
    if not alone:
        surround(scene, recipe.around, Dice(*key, "around"))
    return Instance(scene, view, key)


def check_size(size: int) -> None:
    """Refuses sizes that cannot be drawn.

    Raises:
        BadInputError: Not a whole number of pixels from 16 to 256.
    """
    if isinstance(size, bool) or not isinstance(size, int) or not SMALLEST <= size <= LARGEST:
        raise BadInputError(
            f"a generated scene of {size!r} pixels cannot be drawn.",
            f"use a whole number from {SMALLEST} to {LARGEST}.",
        )
