import html
import json
import re

import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.viz.bytes_curve import bytes_curve

CURVES = {"<UC>": {"bits": {16: 0.25, 4: 0.5}, "floats": {512: 0.75}}}


def test_a_page_gets_every_point_in_order_of_bytes():
    (only,) = json.loads(html.unescape(re.search('data-curves="([^"]*)"', bytes_curve(CURVES, {"<UC>": "AP"}))[1]))
    assert (only["name"], only["metric"]) == ("<UC>", "AP")
    assert only["ways"] == [
        {"name": "bits", "points": [[4, 0.5], [16, 0.25]]},
        {"name": "floats", "points": [[512, 0.75]]},
    ]


@pytest.mark.parametrize("wrong", [{}, {"a": {"b": {0: 0.5}}}, {"a": {"b": {1: 1.5}}}, {"a": {"b": {1: float("nan")}}}])
def test_what_is_no_curve_is_refused(wrong):
    with pytest.raises(BadInputError, match="no curves"):
        bytes_curve(wrong, dict.fromkeys(wrong, "AP"))
