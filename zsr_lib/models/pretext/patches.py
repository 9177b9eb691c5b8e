"""Two patches of a picture, and where the second lies from the first: a question whose answer nobody writes down.

Doersch, Gupta and Efros, "Unsupervised visual representation learning by context prediction", ICCV 2015; patch, gap and
jitter are by default those of their released code (METHODS.md §5.1), where pictures are larger: on 256 pixels a patch
is a seventh of the picture, and the grid hardly moves. Otherwise than there, a picture gives one grid of four and not
four of nine patches, no patch is made coarse and fine again, and bands are standardised over all pictures. The spread
of the noise is the project's choice. Gap and jitter are there so that lines which run from one patch into the other, or
the frame of the grid, do not give the answer away; colours are dropped because lenses bend red and blue apart, which
tells how far a patch is from the middle of the photo.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Generator, Tensor

from zsr_lib.errors import BadInputError

CELLS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""(row, column) of the four patches of a grid."""
PAIRS = tuple((first, second) for first in range(4) for second in range(4) if first != second)
"""The twelve ordered pairs of a grid's patches."""
_AROUND = {(-1, -1): 0, (-1, 0): 1, (-1, 1): 2, (0, -1): 3, (0, 1): 4, (1, -1): 5, (1, 0): 6, (1, 1): 7}
DIRECTIONS = len(_AROUND)
ANSWERS = tuple(_AROUND[CELLS[b][0] - CELLS[a][0], CELLS[b][1] - CELLS[a][1]] for a, b in PAIRS)
"""Where the second patch of each pair lies from the first: 0 1 2 / 3 · 4 / 5 6 7. Up, down, left and right are
the answer for two pairs each, every diagonal for one."""
WEIGHTS = tuple(12 / DIRECTIONS / ANSWERS.count(answer) for answer in ANSWERS)
"""What makes the eight answers count alike, so that chance is 1 / 8; their mean is 1."""
NOISE = 0.01
"""Spread of the noise in a dropped band, as a share of the spread of the band that is kept."""


@dataclass(frozen=True)
class PatchesConfig:
    """The 2 × 2 grid that patches are cut from; in pixels of the pictures, unless said otherwise.

    Attributes:
        side: Of a patch.
        gap: Largest space between two patches.
        uneven: Each of the two spaces, down and right, is drawn anew between (1 − this) · `gap` and `gap`; the source
            says "uneven spacing" and no more.
        jitter: Each patch is moved by up to this, down and right.
        colour: ``drop`` keeps one band of a photo's patch, drawn at random; faint noise takes the others' place.

    Raises:
        BadInputError: A number is out of range.
    """

    side: int = 96
    gap: int = 48
    uneven: float = 0.5
    jitter: int = 7
    colour: Literal["drop", "keep"] = "drop"

    def __post_init__(self) -> None:
        if self.side < 1 or min(self.gap, self.jitter) < 0 or not 0 <= self.uneven <= 1:
            raise BadInputError(
                f"patches have side {self.side}, gap {self.gap}, uneven {self.uneven:g}, jitter {self.jitter}.",
                "give a side of 1 or more, a gap and a jitter of 0 or more, and uneven between 0 and 1.",
            )

    @property
    def extent(self) -> int:
        """The smallest picture that holds every grid, in pixels."""
        return 2 * self.side + self.gap + 2 * self.jitter

    def check(self, height: int, width: int) -> None:
        """Makes sure that pictures hold the grid.

        Raises:
            BadInputError: They are too small; says what would fit.
        """
        if min(height, width) < self.extent:
            raise BadInputError(
                f"pictures of {height} × {width} pixels do not hold two patches of {self.side} with a gap of "
                f"{self.gap} and a jitter of {self.jitter} ({self.extent} pixels).",
                f"load larger pictures (data.size), or take smaller patches: side {min(height, width) * 3 // 8}, "
                f"gap {min(height, width) // 8}, jitter {min(height, width) // 32} would fit.",
            )


def grids(count: int, height: int, width: int, config: PatchesConfig, generator: Generator) -> Tensor:
    """Draws where the patches lie; where there is room around a grid, all its places are equally likely.

    Args:
        count: B, of grids.
        height: Of the pictures.
        width: Of the pictures.
        config: The grid.
        generator: Of the draws.

    Returns:
        (B, 4, 2) int64: top and left of each patch, in the order of `CELLS`.

    Raises:
        BadInputError: The pictures are too small.
    """
    config.check(height, width)

    def drawn(low: int, high: Tensor | int, *shape: int) -> Tensor:
        """Whole numbers from `low` to `high`, both included."""
        share = torch.rand(shape, generator=generator, dtype=torch.float64)
        return (low + share * (high + 1 - low)).floor().long()  # low … high

    gaps = drawn(round(config.gap * (1 - config.uneven)), config.gap, count, 2)  # (B, 2) down and right
    room = torch.tensor([height, width]) - 2 * config.side - gaps - 2 * config.jitter
    corner = drawn(0, room, count, 2) + config.jitter
    moved = drawn(-config.jitter, config.jitter, count, 4, 2)
    return corner[:, None] + torch.tensor(CELLS) * (config.side + gaps)[:, None] + moved


def cut(images: Tensor, corners: Tensor, side: int) -> Tensor:
    """(B, C, H, W) pictures and the (B, P, 2) corners of P patches of each → (B · P, C, side, side) patches."""
    along = torch.arange(side, device=images.device)
    rows, columns = (corners[..., axis, None].to(images.device) + along for axis in (0, 1))  # (B, P, side) each
    which = torch.arange(len(images), device=images.device)[:, None, None, None]
    patches = images[which, :, rows[..., :, None], columns[..., None, :]]  # (B, P, side, side, C)
    return patches.permute(0, 1, 4, 2, 3).flatten(0, 1)


def drop_colours(patches: Tensor, generator: Generator) -> Tensor:
    """Keeps one band of each of (B, C, side, side) patches, and puts noise around its mean into the others.

    One band is left as it is. How a grey photo's patch changes tells nothing of where it lies, so grey needs no case.
    """
    count, bands = patches.shape[:2]
    kept = torch.randint(bands, (count,), generator=generator).to(patches.device)
    own = patches[torch.arange(count, device=patches.device), kept][:, None]  # (B, 1, side, side)
    mean, spread = own.mean(dim=(2, 3), keepdim=True), own.std(dim=(2, 3), keepdim=True)
    noise = torch.randn(patches.shape, generator=generator, dtype=patches.dtype).to(patches.device)
    there = torch.arange(bands, device=patches.device)[None] == kept[:, None]  # (B, C)
    return torch.where(there[..., None, None], own, mean + NOISE * spread * noise)
