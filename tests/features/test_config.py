import pytest

from zsr_lib.configs import build
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.features.config import FeaturesConfig


@pytest.mark.parametrize(
    ("backbone", "side"), [("pixels", 32), ("hog", 64), ("small_cnn", 64), ("edge_cnn", 64), ("vit_b_16", 224)]
)
def test_each_backbone_has_its_usual_side(backbone, side):
    assert FeaturesConfig(backbone).side == side
    assert FeaturesConfig(backbone, size=96).side == 96


@pytest.mark.parametrize("values", [{"size": 7}, {"size": 5000}, {"rotations": 3}])
def test_values_out_of_range_are_refused(values):
    with pytest.raises(BadInputError, match="features"):
        FeaturesConfig(**values)


def test_a_misspelled_option_names_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        build(FeaturesConfig, {"rotation": 4})
    assert caught.value.near == ["rotations"]
