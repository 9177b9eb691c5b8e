import numpy as np
import pytest

from tests.models.shapes import shapes
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.probes import check_codes_alone

PHOTOS = shapes().photos


class System:
    """Embeds by a function of items."""

    name = "system"

    def __init__(self, embed):
        self.embed = embed


def grey(items):
    return items.pixels.reshape(len(items), -1).mean(1, keepdims=True).astype(np.float32)


def bits(items):
    return np.packbits(items.pixels.reshape(len(items), -1)[:, :64] > 60, axis=1)


def checked(embed, fitted=None):
    return check_codes_alone(System(fitted or embed), System(embed), PHOTOS, embed(PHOTOS))


@pytest.mark.parametrize("embed", [grey, bits])
def test_codes_of_items_alone_pass(embed):
    assert checked(embed) == ""


def test_the_last_digits_may_depend_on_the_batch():
    assert checked(lambda items: grey(items) * np.float32(1 + 1e-9 * len(items))) == ""
    assert "(by 2e-05)" in checked(lambda items: grey(items) * np.float32(1 + 1e-6 * len(items)))


def test_bits_that_depend_on_the_others_are_told():
    assert checked(lambda items: bits(items) ^ np.uint8(len(items))).startswith("codes of photo items depend")


def test_the_order_counts_too():
    assert checked(lambda items: np.cumsum(grey(items), axis=0)).startswith("codes of photo items depend")


def test_another_system_after_loading_is_refused():
    with pytest.raises(LeakError, match=r"saved and loaded \(by 1\)"):
        checked(grey, fitted=lambda items: grey(items) * 0.5)
    with pytest.raises(LeakError, match=r"\(16, 1\), not \(16, 2\)"):
        checked(grey, fitted=lambda items: np.repeat(grey(items), 2, axis=1))


def test_codes_by_id_are_refused():
    with pytest.raises(LeakError, match="follow the ids of the photo items"):
        checked(lambda items: np.array([[float(len(name))] for name in items.ids]) ** 4 + grey(items))
