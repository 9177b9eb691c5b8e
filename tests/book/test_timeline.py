import itertools
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from zsr_lib.book.project import Project
from zsr_lib.book.timeline import measured_of, printed_of, timeline
from zsr_lib.experiments.boards import boards_of
from zsr_lib.reporting.published import published
from zsr_lib.reporting.run_record import read_records

RUNS = Path(Project.find(Path(__file__).parent).root, "reported", "runs")


@pytest.fixture(scope="module")
def boards():
    return boards_of([each for each in read_records(RUNS) if each.experiment == "sketchy-sae"])


@pytest.fixture(scope="module")
def drawing(boards):
    lines = timeline(boards, published())
    return ElementTree.fromstring("".join(lines[1 : lines.index("</svg>") + 1]))


def places(drawing, kind):
    """Title → height in pixels of the circles of a kind."""
    return {each[0].text: float(each.get("cy")) for each in drawing.iter("circle") if each.get("class") == kind}


def test_each_system_with_a_year_has_one_printed_number_and_the_whole_ranking_comes_first():
    printed = {each.system: each for numbers in printed_of(published()).values() for each in numbers}
    on_sketchy = {
        each.system
        for each in published().numbers
        if (each.dataset, each.protocol, each.direction) == ("sketchy", "zero-shot", "sketch→photo")
        and each.year
        and each.metric.startswith("mAP")
    }
    assert set(printed) == on_sketchy
    assert (printed["SAKE"].metric, printed["SAKE"].fraction) == ("mAP@all", 0.547)
    assert printed["CLIP-AT"].metric == "mAP@200"


def test_the_best_row_is_the_measured_one(boards):
    (board,) = (each for each in boards if (each.name, each.direction) == ("sketchy-25-sake", "sketch→photo"))
    best = max(entry.values["AP@all/std"].mean for entry in board.entries if entry.numbers)
    assert measured_of(boards) == {"SAE": best}
    assert measured_of([each for each in boards if each.direction != "sketch→photo"]) == {}


def test_higher_values_stand_higher_and_rings_stand_at_what_was_measured(boards, drawing):
    dots = places(drawing, "printed")
    heights = {title.split(":")[0]: height for title, height in dots.items()}
    assert heights["SpLIP"] < heights["SAKE"] < heights["SaN"]
    ((title, ring),) = places(drawing, "here").items()
    assert title == f"SAE here: {measured_of(boards)['SAE']:.3f}"
    assert ring < heights["SAE"]  # printed .216


def test_names_of_a_year_do_not_touch(drawing):
    names = [(float(each.get("x")), float(each.get("y"))) for each in drawing.iter("text") if not each.get("class")]
    for x in {x for x, _ in names}:
        column = sorted(y for other, y in names if other == x)
        assert all(below - above >= 12.9 for above, below in itertools.pairwise(column))


def test_the_caption_says_what_may_not_be_compared(boards):
    caption = timeline(boards, published())[-1]
    assert re.search(r"Dots do not compare with\s+each other, nor with rings", caption)
