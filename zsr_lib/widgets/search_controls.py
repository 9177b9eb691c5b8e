"""What one can choose beside the sketch pad: system, part of the gallery, number, distance."""

from collections.abc import Callable, Sequence

import ipywidgets

MOST = 60
"""Photos shown at a time; each travels to the browser."""
TOP = 3
"""Photos that are looked into when all of the first ones are asked for."""


class SearchControls(ipywidgets.VBox):
    """Labelled controls; `on_change` hears of every choice once.

    Attributes:
        system: Name of a system.
        group: Part of the gallery.
        count: How many photos.
        distance: How codes are compared; goes back to the system's own distance with every other system.
        explain: Whether what the system looked at is shown for the first photos.

    Args:
        systems: Names.
        groups: Parts of the gallery.
        distances_of: Name of a system → distances that fit its codes, its own one first.
        count: How many photos at first.
    """

    def __init__(
        self,
        systems: Sequence[str],
        groups: Sequence[str],
        distances_of: Callable[[str], Sequence[str]],
        count: int,
    ) -> None:
        wide = {"layout": ipywidgets.Layout(width="auto"), "style": {"description_width": "5.5rem"}}
        self.system = ipywidgets.Dropdown(options=systems, value=systems[0], description="System", **wide)
        self.group = ipywidgets.Dropdown(options=groups, value=groups[0], description="Classes", **wide)
        self.count = ipywidgets.BoundedIntText(value=count, min=1, max=MOST, description="Photos", **wide)
        own = distances_of(systems[0])
        self.distance = ipywidgets.Dropdown(options=own, value=own[0], description="Distance", **wide)
        self.explain = ipywidgets.Checkbox(
            description=f"what it looked at, for the first {TOP}", indent=False, layout=wide["layout"]
        )
        self._distances_of, self._hear, self._quiet = distances_of, lambda: None, False
        self.system.observe(self._follow, "value")
        chosen = (self.system, self.group, self.count, self.distance)
        for each in chosen:
            each.observe(self._changed, "value")
        super().__init__([*chosen, self.explain])

    def on_change(self, hear: Callable[[], object]) -> None:
        """Calls `hear` after each choice of system, part, number or distance."""
        self._hear = hear

    def _follow(self, _: object) -> None:
        self._quiet = True
        try:
            self.distance.options = self._distances_of(self.system.value)
            self.distance.value = self.distance.options[0]
        finally:
            self._quiet = False

    def _changed(self, _: object) -> None:
        if not self._quiet:
            self._hear()
