import numpy as np
import pytest
from PIL import Image, ImageDraw

from zsr_lib.data.sketch_statistics import STATISTICS, describe_ink, separability
from zsr_lib.errors import BadInputError

SIDE = 200


def drawing(*lines, dots=(), width=3):
    paper = Image.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(paper)
    for line in lines:
        pen.line(line, fill="black", width=width)
    for x, y, radius in dots:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill="black")
    return np.asarray(paper)


def measured(image):
    return {name: float(value[0]) for name, value in describe_ink(image[None]).items()}


BAR = drawing([(20, 100), (179, 100)], width=5)
PLUS = drawing([(20, 100), (180, 100)], [(100, 20), (100, 180)])
SQUARE = drawing([(40, 40), (160, 40), (160, 160), (40, 160), (40, 40)])


def test_a_bar_has_the_numbers_of_a_bar():
    bar = measured(BAR)
    assert bar["ink"] == pytest.approx(160 * 5 / SIDE**2)
    assert bar["length"] == pytest.approx(160 / SIDE, rel=0.04)
    assert bar["width"] == pytest.approx(5 / SIDE, rel=0.04)
    assert bar["parts"] == 1
    assert bar["junctions"] == 0
    assert bar["ends"] * bar["length"] == pytest.approx(2)
    assert bar["straightness"] == pytest.approx(1)
    assert bar["symmetry"] == pytest.approx(1, abs=0.01)
    assert bar["spread"] == pytest.approx(160 / SIDE / np.sqrt(12), rel=0.01)
    assert bar["coverage"] in (8 / 64, 16 / 64)


def test_crossings_ends_and_pieces_are_counted():
    plus, square = measured(PLUS), measured(SQUARE)
    assert plus["junctions"] * plus["length"] == pytest.approx(1)
    assert plus["ends"] * plus["length"] == pytest.approx(4)
    assert square["ends"] == square["junctions"] == 0
    assert measured(drawing(dots=[(40, 40, 9), (150, 150, 9), (40, 150, 9)]))["parts"] == 3


def test_a_thicker_pen_changes_width_and_little_else():
    thin, thick = measured(SQUARE), measured(drawing([(40, 40), (160, 40), (160, 160), (40, 160), (40, 40)], width=7))
    assert thick["width"] / thin["width"] == pytest.approx(7 / 3, rel=0.1)
    assert thick["length"] == pytest.approx(thin["length"], rel=0.05)


def test_a_wave_is_less_straight_than_a_line():
    x = np.arange(10, 190)
    wave = drawing([(int(a), int(100 + 9 * np.sin(a / 3.5))) for a in x])
    assert measured(wave)["straightness"] < 0.5 < measured(BAR)["straightness"]


def test_uneven_lines_have_a_varying_width():
    blobs = drawing([(20, 100), (180, 100)], dots=[(60, 100, 12), (140, 100, 12)])
    assert measured(blobs)["width variation"] > 0.3 > 0.1 > measured(BAR)["width variation"]


def test_symmetry_is_about_the_ink_not_about_the_paper():
    assert measured(np.roll(SQUARE, (25, -15), axis=(0, 1)))["symmetry"] == pytest.approx(1, abs=0.01)
    letter = drawing([(60, 180), (60, 20), (150, 20)], [(60, 90), (120, 90)])
    assert measured(letter)["symmetry"] < 0.8


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_turning_the_paper_changes_nothing(turn):
    image = drawing([(30, 30), (170, 60), (90, 150)], [(120, 10), (130, 190)])
    upright, turned = measured(image), measured(np.rot90(image, turn).copy())
    for name in STATISTICS:
        assert turned[name] == pytest.approx(upright[name], rel=0.12, abs=0.02), name


def test_a_white_page_measures_zero_and_everything_is_finite():
    pages = np.stack([np.full((SIDE, SIDE, 3), 255, np.uint8), np.zeros((SIDE, SIDE, 3), np.uint8), BAR])
    found = describe_ink(pages)
    assert tuple(found) == tuple(STATISTICS)
    assert all(value.shape == (3,) and np.isfinite(value).all() for value in found.values())
    assert all(value[0] == 0 for value in found.values())
    assert found["ink"][1] == found["coverage"][1] == 1


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((2, 20, 20), np.uint8),
        np.zeros((2, 20, 30, 3), np.uint8),
        np.zeros((2, 20, 20, 3)),
        np.zeros((2, 8, 8, 3), np.uint8),
    ],
)
def test_what_is_not_a_drawing_is_refused(bad):
    with pytest.raises(BadInputError, match="drawings"):
        describe_ink(bad)


def groups(shift, count=60):
    rng = np.random.default_rng(0)
    return [{"x": rng.normal(size=count) + offset, "y": rng.normal(size=count)} for offset in (0, shift)]


def test_alike_groups_cannot_be_told_apart_and_unlike_ones_can():
    same, apart = separability(*groups(0)), separability(*groups(8))
    assert abs(same.auc - 0.5) < 0.15
    assert (apart.auc, apart.accuracy, apart.each["x"]) == (1, 1, 1)
    assert abs(apart.each["y"] - 0.5) < 0.15


def test_each_is_the_share_of_pairs_in_which_the_second_group_has_more():
    first, second = groups(1, count=15)
    expected = np.mean([b > a for a in first["x"] for b in second["x"]])
    assert separability(first, second).each["x"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({"x": np.arange(9)}, {"y": np.arange(9)}),
        ({"x": np.arange(9)}, {"x": np.arange(4)}),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(first, second):
    with pytest.raises(BadInputError, match="cannot tell"):
        separability(first, second)
