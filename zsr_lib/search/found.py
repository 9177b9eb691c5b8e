"""What a drawing found: the drawing, the photos, and how they were compared."""

from dataclasses import dataclass

import numpy as np

from zsr_lib.models.method import Method
from zsr_lib.search.occlusion import occlusion_map


@dataclass(frozen=True, eq=False)
class Photo:
    """One photo that was found.

    Attributes:
        name: Its class, or where it lies.
        group: ``seen``, ``validation`` or ``unseen`` in the task; '' where nobody knows.
        pixels: (H, W, 3) uint8.
        distance: From the drawing's code.
        score: Higher is better: the cosine, or minus the distance.
    """

    name: str
    group: str
    pixels: np.ndarray
    distance: float
    score: float

    @property
    def written(self) -> str:
        """The score as it is shown."""
        return f"{self.score:z.3f}".removesuffix(".000")  # bits are counted


@dataclass(frozen=True, eq=False)
class Found:
    """The answer to one drawing.

    Attributes:
        sketch: (H, W, 3) uint8, as the system saw it.
        code: (D,) the system's code of it.
        method: The system.
        system: What it is called here.
        distance: How codes were compared.
        group: The part of the gallery that was searched.
        searched: Number of photos in that part.
        photos: What was found, best first.
    """

    sketch: np.ndarray
    code: np.ndarray
    method: Method
    system: str
    distance: str
    group: str
    searched: int
    photos: tuple[Photo, ...]

    def looked_at(self, place: int) -> np.ndarray:
        """(H, W) float32: what the match with photo number `place` (from 0) hangs on, see `occlusion_map`."""
        return occlusion_map(self.method, self.photos[place].pixels, self.code, self.distance)

    @property
    def searched_in_words(self) -> str:
        """How many photos of what were searched."""
        return f"{self.searched} photos" + ("" if self.group == "all" else f" of {self.group} classes")

    def in_words(self) -> str:
        """The same as a sentence, for those who do not see the pictures; without scores."""
        told = "; ".join(f"{each.name} ({each.group})" if each.group else each.name for each in self.photos)
        return (
            f"A sketch and the {len(self.photos)} photos that {self.system} finds nearest to it by {self.distance} "
            f"distance among {self.searched_in_words}, best first: {told}."
        )
