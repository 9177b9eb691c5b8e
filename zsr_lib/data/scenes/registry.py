"""The list of recipes: one function per class, found by its name."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from zsr_lib.data.scenes.scene import Scene
from zsr_lib.errors import UnknownNameError

ANY_GROUND = ("grass", "grass", "dry", "soil", "sand", "scrub", "snow")
"""Natural grounds; every class that can lie on any of them does, so that colour does not give it away."""
TOWN_GROUND = ("grass", "dry", "soil", "sand", "concrete", "asphalt", "snow")
"""Grounds of built-up places."""


@dataclass(frozen=True)
class Recipe:
    """How the scenes of one class come about.

    Attributes:
        name: The class name.
        draw: Lays the parts of one instance onto a scene.
        span: Least and greatest number of metres that a tile shows from side to side.
        grounds: Paints among which the bare ground is drawn; a repeated one is likelier.
        around: Kinds of neighbours (see `surroundings.KINDS`) that may stand near the subject.
    """

    name: str
    draw: Callable[[Scene], None]
    span: tuple[float, float]
    grounds: tuple[str, ...]
    around: tuple[str, ...]


_recipes: dict[str, Recipe] = {}


def recipe(
    name: str, span: tuple[float, float], grounds: tuple[str, ...] = ANY_GROUND, around: tuple[str, ...] = ("trees",)
) -> Callable[[Callable[[Scene], None]], Callable[[Scene], None]]:
    """Registers the decorated function as the recipe of class `name`; the arguments are those of `Recipe`."""

    def register(draw: Callable[[Scene], None]) -> Callable[[Scene], None]:
        _recipes[name] = Recipe(name, draw, span, grounds, around)
        return draw

    return register


@cache
def recipes() -> dict[str, Recipe]:
    """All recipes by class name, in alphabetical order; imports every file of the `classes` folder once."""
    from zsr_lib.data.scenes import classes

    for module in pkgutil.iter_modules(classes.__path__):
        importlib.import_module(f"{classes.__name__}.{module.name}")
    return dict(sorted(_recipes.items()))


def recipe_of(name: str) -> Recipe:
    """The recipe of class `name`.

    Raises:
        UnknownNameError: No recipe has this name.
    """
    if name not in recipes():
        raise UnknownNameError("generated class", name, recipes())
    return recipes()[name]
