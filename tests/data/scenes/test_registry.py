import pytest

from zsr_lib.data.scenes import class_names
from zsr_lib.data.scenes.paints import PAINTS
from zsr_lib.data.scenes.registry import recipe_of, recipes
from zsr_lib.data.scenes.surroundings import KINDS
from zsr_lib.errors import UnknownNameError

EARTH_ON_CANVAS = {
    "airplane", "baseballdiamond", "buildings", "freeway", "golfcourse", "harbor", "intersection", "mobilehomepark",
    "overpass", "parkinglot", "river", "runway", "storagetanks", "tenniscourt",
}  # fmt: skip


def test_the_classes_of_earth_on_canvas_and_six_more_are_there_in_order():
    assert set(class_names()) >= EARTH_ON_CANVAS
    assert set(class_names()) - EARTH_ON_CANVAS == {
        "bridge", "containeryard", "railway", "roundabout", "solarfarm", "stadium",
    }  # fmt: skip
    assert list(class_names()) == sorted(class_names())


@pytest.mark.parametrize("name", class_names())
def test_recipes_name_paints_and_neighbours_that_exist_and_explain_themselves(name):
    recipe = recipe_of(name)
    assert set(recipe.grounds) <= set(PAINTS)
    assert set(recipe.around) <= set(KINDS)
    assert 0 < recipe.span[0] < recipe.span[1]
    assert recipe.draw.__doc__


def test_most_classes_share_their_grounds():
    for ground in ("grass", "dry", "soil", "sand", "snow"):
        assert sum(ground in recipe.grounds for recipe in recipes().values()) >= 15


def test_a_misspelled_class_is_told_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean runway"):
        recipe_of("runwy")
