"""Widgets for live notebooks; they need the packages of the extra ``book``, and are imported when asked for."""

import importlib
from typing import Any

from zsr_lib.errors import ZsrError

_WIDGETS = {"SketchPad": "zsr_lib.widgets.sketch_pad", "SketchSearch": "zsr_lib.widgets.sketch_search"}

__all__ = ["SketchPad", "SketchSearch"]


def __getattr__(name: str) -> Any:
    if name not in _WIDGETS:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    try:
        return getattr(importlib.import_module(_WIDGETS[name]), name)
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "ipywidgets", "traitlets"):
            raise
        raise ZsrError(
            f"{name} needs the package '{error.name}', which is not here.",
            "install what notebooks need: pip install 'zsr-lib[book]'.",
        ) from error
