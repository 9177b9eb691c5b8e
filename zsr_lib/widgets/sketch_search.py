"""Draw a query in a live notebook, and see what fitted systems find for it."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import ZsrError
from zsr_lib.search.found import Found, Photo
from zsr_lib.search.query import query_pixels
from zsr_lib.search.searchable import Searchable
from zsr_lib.viz.found_figure import found_figure
from zsr_lib.viz.inline_picture import inline_picture
from zsr_lib.viz.overlay import KEY, overlay
from zsr_lib.widgets.photo_list import PhotoList
from zsr_lib.widgets.search_controls import TOP, SearchControls
from zsr_lib.widgets.sketch_pad import SketchPad

INVITATION = "Draw something: what is found for it appears here when you lift the pen."


def _told(action: Callable[..., None]) -> Callable[..., None]:
    """What goes wrong in an observer is said in the widget; a traceback would land nowhere that readers look."""

    @wraps(action)
    def safe(self: "SketchSearch", *_: object) -> None:
        self.failure = None
        try:
            action(self)
        except ZsrError as error:
            self._fail(error, f"{error.problem} What to do: {error.remedy}")
        except Exception as error:  # whatever a system that somebody tries out here may raise
            self._fail(error, f"'{self.controls.system.value}' failed: {type(error).__name__}: {error}")

    return safe


class SketchSearch(ipywidgets.Box):
    """A sketch pad wired to fitted systems; needs a running kernel, except for `ask` and `figure`.

    The photos that are nearest to the drawing appear beside it. A click on one shows what the system looked at.

    Attributes:
        pad: The pad.
        controls: System, part of the gallery, number of photos, distance.
        results: The photos shown.
        found: The last answer, or None.
        failure: What went wrong last, or None; ``raise search.failure`` shows where.

    Args:
        gallery: Photos and fitted systems: `zsr_lib.search.gallery.Gallery`, or `zsr_lib.search.archive.Archive`.
        examples: Drawings to pick from: sketches, of which the first one of each class is taken.
        count: Photos shown at first.
    """

    def __init__(self, gallery: Searchable, examples: ItemSet | None = None, count: int = 12) -> None:
        self.gallery = gallery
        self.pad = SketchPad(examples=_examples(examples), label="Draw what you look for")
        self.results = PhotoList(message=INVITATION, key=KEY)
        self.controls = SearchControls(gallery.systems, gallery.groups, gallery.distances, count)
        self.found: Found | None = None
        self.failure: Exception | None = None
        self._looked: dict[int, str] = {}
        self.pad.observe(self._search, "png")
        self.controls.on_change(self._search)
        self.controls.explain.observe(self._explain, "value")
        self.results.observe(self._explain, "chosen")
        # Side by side where there is room, below each other where there is none.
        self.pad.layout = ipywidgets.Layout(width="20rem", max_width="100%")
        left = ipywidgets.VBox([self.pad, self.controls], layout=ipywidgets.Layout(flex="0 1 20rem", max_width="100%"))
        right = ipywidgets.Box([self.results], layout=ipywidgets.Layout(flex="1 1 16rem", min_width="0"))
        self.results.layout = ipywidgets.Layout(width="100%")
        super().__init__([left, right])
        self.add_class("zsr-search")

    def figure(
        self,
        sketch: Path | np.ndarray,
        system: str | None = None,
        group: str | None = None,
        count: int = 5,
        distance: str | None = None,
        looked: int = 0,
    ) -> Figure:
        """The answer to a drawing as a figure: for pages that nobody draws on. Always the same.

        Args:
            sketch: A picture file, or (H, W, 3) uint8.
            system: By default the first one.
            group: Part of the gallery; by default the first one.
            count: How many photos.
            distance: By default the system's own distance.
            looked: For how many of them what the system looked at is drawn, too.

        Raises:
            ZsrError: As `zsr_lib.search.searchable.Searchable.search`, or the drawing cannot be used.
        """
        return found_figure(self.ask(sketch, system, group, count, distance), looked)

    def ask(
        self,
        sketch: Path | np.ndarray | bytes,
        system: str | None = None,
        group: str | None = None,
        count: int = 5,
        distance: str | None = None,
    ) -> Found:
        """The answer to a drawing, as `figure` draws it; its `in_words` describes the figure."""
        pixels = query_pixels(sketch, self.gallery.size)
        system, group = system or self.gallery.systems[0], group or self.gallery.groups[0]
        return self.gallery.search(pixels, system, count, group, distance, self._report)

    @_told
    def _search(self) -> None:
        self._clear()
        if not self.pad.png:
            self.results.say(INVITATION)
            return
        chosen = self.controls
        self.found = self.ask(
            self.pad.png, chosen.system.value, chosen.group.value, chosen.count.value, chosen.distance.value
        )
        self.results.photos = [_entry(photo) for photo in self.found.photos]
        self.results.say(
            f"The nearest {len(self.found.photos)} of {self.found.searched_in_words}: '{self.found.system}', "
            f"{self.found.distance} distance."
        )
        self._explain()

    @_told
    def _explain(self) -> None:
        """Shows overlays for the chosen photo, and for the first ones where that is asked for."""
        if self.found is None:
            return
        wanted = set(range(min(TOP, len(self.found.photos))) if self.controls.explain.value else ())
        wanted |= {self.results.chosen} & set(range(len(self.found.photos)))
        for place in sorted(wanted - self._looked.keys()):
            self._looked[place] = inline_picture(overlay(self.found.photos[place].pixels, self.found.looked_at(place)))
        self.results.overlays = {str(place): self._looked[place] for place in sorted(wanted)}

    def _report(self, done: int, of: int) -> None:
        with self.results.hold_sync():
            self.results.message, self.results.failed = f"Photos are embedded: {done} of {of}.", False
            self.results.progress = done / of

    def _fail(self, error: Exception, words: str) -> None:
        self.failure = error
        self.results.say(words, failed=True)

    def _clear(self) -> None:
        self.found, self._looked = None, {}
        with self.results.hold_sync():
            self.results.photos, self.results.overlays, self.results.chosen = [], {}, -1


def _entry(photo: Photo) -> dict[str, str]:
    return {"url": inline_picture(photo.pixels), "name": photo.name, "group": photo.group, "score": photo.written}


def _examples(sketches: ItemSet | None) -> list[dict[str, str]]:
    """The first sketch of each class that has one."""
    if sketches is None:
        return []
    labels, rows = np.unique(sketches.labels, return_index=True)
    return [
        {"name": sketches.classes[label], "url": inline_picture(np.asarray(sketches.pixels[row]), "png")}
        for label, row in zip(labels, rows, strict=True)
    ]
