"""What a search finds."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zsr_lib.search.windows import Window


@dataclass(frozen=True)
class Hit:
    """One picture that was found.

    Attributes:
        row: Of its code; stays until the index is written anew (`zsr_lib.search.index.Index.generation`).
        path: The file.
        window: The part of it.
        distance: To the query's code.
        score: Higher is better: the cosine, or minus the distance.
        place: Where it lies on the ground; empty if the file does not say.
        state: ``here``, ``missing``, or ``changed`` since it was indexed.
        name: Its path below the archive, with ``/``.
        expected: Share of hits with such a score that were what was drawn, where the system was calibrated
            (`zsr_lib.search.calibration`); None where nobody has measured it, as of photos.
    """

    row: int
    path: Path
    window: Window
    distance: float
    score: float
    place: dict[str, Any]
    state: str
    name: str
    expected: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self) | {"path": str(self.path), "window": list(self.window)}
