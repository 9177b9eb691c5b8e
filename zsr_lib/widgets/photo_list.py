"""Photos that were found, as a Jupyter widget."""

from pathlib import Path

import anywidget
import traitlets

_HERE = Path(__file__).parent


class PhotoList(anywidget.AnyWidget):
    """A list of photos, one of which can be chosen, and a line that says what happens.

    Attributes:
        photos: Mappings with ``url``, ``name``, ``group`` (may be empty) and ``score`` (as it is written).
        chosen: Place of the chosen photo; −1 when there is none.
        overlays: Place in the list, as a text → address of a picture that is shown over the photo.
        key: What the overlays' colours mean.
        message: Said to whoever sees or hears the page.
        failed: Whether `message` says that something went wrong.
        progress: Share of the work that is done; negative when there is nothing to wait for.
    """

    _esm = _HERE / "photo_list.js"
    _css = _HERE / "photo_list.css"

    photos = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)
    overlays = traitlets.Dict().tag(sync=True)
    key = traitlets.Unicode("").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    failed = traitlets.Bool(False).tag(sync=True)
    progress = traitlets.Float(-1.0).tag(sync=True)

    def say(self, message: str, failed: bool = False) -> None:
        """Shows a message and no progress."""
        with self.hold_sync():
            self.message, self.failed, self.progress = message, failed, -1.0
