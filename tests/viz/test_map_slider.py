import html
import json
import re

import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.viz.map_slider import map_slider


def told(text):
    return json.loads(html.unescape(re.search('data-maps="([^"]*)"', text)[1]))


def test_maps_fill_one_square_and_keep_their_shape():
    maps = {"2": np.array([[0, 0], [4, 2]]), "<9>": np.array([[-1, 5], [-1, 6]])}
    found = told(map_slider(maps, ["A", "B"], {"2": "wide", "<9>": "high"}, "perplexity"))
    assert found["groups"] == [0, 1]
    assert found["names"] == ["A", "B"]
    assert found["maps"][0] == {"name": "2", "note": "wide", "points": [[0, 0.25], [1, 0.75]]}
    assert found["maps"][1] == {"name": "<9>", "note": "high", "points": [[0.5, 0], [0.5, 1]]}


def test_points_in_one_place_are_no_accident():
    assert told(map_slider({"1": np.ones((2, 2))}, ["A", "A"], {"1": ""}, "k"))["maps"][0]["points"] == [[0.5, 0.5]] * 2


@pytest.mark.parametrize("maps", [{}, {"1": np.zeros((3, 2))}])
def test_maps_of_other_points_are_refused(maps):
    with pytest.raises(BadInputError, match="same points"):
        map_slider(maps, ["A", "B"], {"1": ""}, "k")
