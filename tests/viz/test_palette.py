import itertools
import random

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from zsr_lib.viz.palette import OKABE_ITO, REST, class_colours, few

RED_GREEN_BLIND = {
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
}
"""On linear RGB; Machado, Oliveira and Fernandes, IEEE TVCG 15(6), 2009, severity 1."""


def lab(colour, seen_through):
    """CIELAB of a colour as somebody sees it."""
    from skimage.color import rgb2lab

    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(seen_through) @ linear, 0, 1)
    rgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return rgb2lab(rgb[None, None])[0, 0]


@pytest.mark.parametrize("seen_through", [np.eye(3), *RED_GREEN_BLIND.values()], ids=["all cones", *RED_GREEN_BLIND])
def test_colours_differ_for_everybody(seen_through):
    """A difference of 2.3 in CIELAB is just noticeable."""
    seen = [lab(colour, seen_through) for colour in OKABE_ITO]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen[:5], 2)) > 15
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 9
    paper = lab("white", seen_through)
    assert min(np.linalg.norm(paper - each) for each in [*seen, lab(REST, seen_through)]) > 15


def test_few_classes_all_get_a_colour_of_their_own():
    colours = class_colours(["c", "a", "b"])
    assert list(colours) == ["a", "b", "c"]
    assert len(set(colours.values())) == 3


def test_of_many_classes_seven_at_equal_steps_get_one():
    names = [chr(ord("a") + number) for number in range(25)]
    colours = class_colours(names)
    assert list(colours) == ["a", "e", "i", "m", "q", "u", "y"]


def test_seen_classes_get_three_colours_where_there_are_so_many():
    unseen, seen = [f"u{number}" for number in range(9)], [f"s{number}" for number in range(9)]
    colours = class_colours([*seen, *unseen], seen)
    assert [name[0] for name in colours] == ["u"] * 4 + ["s"] * 3
    assert [name[0] for name in class_colours(["u0", *seen], seen)] == ["u"] + ["s"] * 6
    assert [name[0] for name in class_colours(["s0", *unseen], seen)] == ["u"] * 6 + ["s"]


def test_order_and_names_elsewhere_do_not_matter():
    names = [f"class {number}" for number in range(12)]
    shuffled = random.Random(0).sample(names, 12)
    assert class_colours(shuffled, names[:5]) == class_colours(names, [*names[:5], "not among them"])


def test_few_of_none_is_none():
    assert few([], 3) == []
    assert few(["a", "b"], 0) == []
