"""The library without the packages of notebooks."""

import subprocess
import sys

SCRIPT = """
import sys
sys.modules["anywidget"] = sys.modules["ipywidgets"] = None  # as if they were not installed
import zsr_lib, zsr_lib.widgets, zsr_lib.search.gallery, zsr_lib.viz.found_figure
from zsr_lib.errors import ZsrError
for name in ("SketchPad", "SketchSearch"):
    try:
        getattr(zsr_lib.widgets, name)
    except ZsrError as error:
        print(error)
try:
    zsr_lib.widgets.Other
except AttributeError as error:
    print(error)
"""


def test_it_can_be_imported_and_a_widget_says_what_is_missing():
    told = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout
    assert "SketchPad needs the package 'anywidget', which is not here." in told
    assert "SketchSearch needs the package 'ipywidgets', which is not here." in told
    assert told.count("pip install 'zsr-lib[book]'") == 2
    assert "has no attribute 'Other'" in told
