"""What chapters need to show code and pictures."""

import inspect
import textwrap
from collections.abc import Callable
from types import ModuleType

import matplotlib
from IPython.display import Markdown


def show_source(thing: Callable | ModuleType) -> Markdown:
    """The source of a function, class or module, as it is executed: chapters show it instead of a copy."""
    name = thing.__name__ if inspect.ismodule(thing) else f"{thing.__module__}.{thing.__qualname__}"
    return Markdown(f"```python\n{textwrap.dedent(inspect.getsource(thing)).rstrip()}\n```\n*`{name}`*")


def set_style() -> None:
    """Figures alike on every page: sharp, no chart junk, colours that colour-blind readers can tell apart."""
    matplotlib.rcParams.update(
        {
            "figure.dpi": 110,
            "savefig.dpi": 150,
            "figure.constrained_layout.use": True,
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": matplotlib.cycler(
                color=["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
            ),
            # A picture's bytes must not depend on when it was drawn.
            "svg.hashsalt": "zsr",
        }
    )
