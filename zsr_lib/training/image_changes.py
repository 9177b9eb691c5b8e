"""Random changes of each image of a batch, drawn from a generator. Images are floats (N, C, H, W).

What is drawn on the CPU travels to the images; they are never waited for, so nothing is asked of them by value.
"""

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from zsr_lib.errors import BadInputError

LEAST_INK = 0.3
"""Where thinner strokes would leave less than this share of the ink, a sketch keeps its strokes."""


def random_affine(
    images: Tensor, generator: Generator, angle: float, scale: float, shift: float, padding: str
) -> Tensor:
    """A random similarity of each image, resampled bilinearly.

    Args:
        images: Float images.
        generator: Draws angle, scale and shift of each.
        angle: Largest rotation either way, in degrees.
        scale: Largest growth, as a share: 0.1 scales by 1/1.1 to 1.1.
        shift: Largest shift along each axis, as a share of the side.
        padding: What comes in at the border, as in `torch.nn.functional.grid_sample`.
    """
    if not (angle or scale or shift):
        return images
    count, (height, width) = len(images), images.shape[-2:]
    angles = _signed(count, generator) * math.radians(angle)
    scales = (1 + scale) ** _signed(count, generator)
    shifts = 2 * shift * torch.stack([_signed(count, generator) for _ in "xy"], dim=1)  # a side is 2 long
    cosine, sine = angles.cos() / scales, angles.sin() / scales
    rows = torch.stack([cosine, -sine * height / width, sine * width / height, cosine], dim=1).view(count, 2, 2)
    matrix = torch.cat([rows, -rows @ shifts[:, :, None]], dim=2).to(images, non_blocking=True)
    grid = F.affine_grid(matrix, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode=padding, align_corners=False)


def random_factors(images: Tensor, strength: float, generator: Generator) -> Tensor:
    """(N, 1, 1, 1) factors, uniform in 1 − `strength` … 1 + `strength`."""
    return (1 + strength * _signed(len(images), generator)).to(images, non_blocking=True).view(-1, 1, 1, 1)


def random_mirror(images: Tensor, generator: Generator) -> Tensor:
    """Every other image with left and right exchanged."""
    mirrored = (_signed(len(images), generator) < 0).to(images.device, non_blocking=True)
    return torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images)


def random_symmetries(images: Tensor, generator: Generator) -> Tensor:
    """Each of N square images by one of the 8 symmetries of the square.

    Raises:
        BadInputError: The images are not square.
    """
    if images.shape[-1] != images.shape[-2]:
        raise BadInputError(f"images of shape {tuple(images.shape[-2:])} are not square.", "set symmetries: false.")
    chosen = torch.randint(8, (len(images),), generator=generator, device=generator.device)

    def turned(own: Tensor, symmetry: int) -> Tensor:
        """Images in one of the eight ways."""
        own = torch.rot90(own, symmetry % 4, (2, 3))
        return own.flip(3) if symmetry >= 4 else own

    return _by_choice(images, chosen, range(8), turned)


def random_thickness(ink: Tensor, most: int, generator: Generator) -> Tensor:
    """Strokes of each image thicker or thinner by 0 … `most` pixels on each side.

    Args:
        ink: (N, C, H, W), 0 is paper.
        most: Pixels.
        generator: Chooses; where a thinner pen would leave less than `LEAST_INK`, the strokes stay as they are.
    """
    chosen = torch.randint(-most, most + 1, (len(ink),), generator=generator, device=generator.device)

    def drawn(own: Tensor, pixels: int) -> Tensor:
        """Lines that are thicker, or thinner where enough ink is left."""
        around = {"kernel_size": 2 * abs(pixels) + 1, "stride": 1, "padding": abs(pixels)}
        if pixels >= 0:
            return F.max_pool2d(own, **around)
        thin = -F.max_pool2d(-own, **around)
        enough = thin.sum((1, 2, 3)) >= LEAST_INK * own.sum((1, 2, 3))
        return torch.where(enough.view(-1, 1, 1, 1), thin, own)

    return _by_choice(ink, chosen, range(-most, most + 1), drawn)


def random_erasing(ink: Tensor, most: int, side: float, generator: Generator) -> Tensor:
    """Up to `most` square patches of each image erased to paper, of up to `side` times the image's side."""
    if not (most and side):
        return ink
    count, (height, width) = len(ink), ink.shape[-2:]
    share = torch.rand(count, 1, 1, generator=generator, device=generator.device)
    used = torch.rand(count, most, 1, generator=generator, device=generator.device) < share
    halves = used * torch.rand(count, most, 1, generator=generator, device=generator.device) * side / 2
    centres = torch.rand(count, most, 2, generator=generator, device=generator.device)
    halves, centres = (each.to(ink.device, non_blocking=True) for each in (halves, centres))

    def within(length: int, centre: Tensor) -> Tensor:
        """(N, patches, length) bool: places in a patch."""
        places = (torch.arange(length, device=centre.device) + 0.5) / length
        return (places - centre[..., None]).abs() < halves  # (N, patches, length)

    rows, columns = within(height, centres[..., 0]), within(width, centres[..., 1])
    erased = (rows[:, :, :, None] & columns[:, :, None, :]).any(dim=1, keepdim=True)
    return ink.masked_fill(erased, 0)


def _by_choice(
    images: Tensor, chosen: Tensor, choices: Sequence[int], change: Callable[[Tensor, int], Tensor]
) -> Tensor:
    """Each image changed as (N,) `chosen` says, all of one choice at once."""
    order = chosen.argsort(stable=True)
    counts = [int((chosen == choice).sum()) for choice in choices]
    rows = order.to(images.device, non_blocking=True)
    parts = zip(images[rows].split(counts), choices, strict=True)
    return torch.empty_like(images).index_copy_(0, rows, torch.cat([change(own, choice) for own, choice in parts]))


def _signed(count: int, generator: Generator) -> Tensor:
    """(N,) uniform in −1 … 1."""
    return 2 * torch.rand(count, generator=generator, device=generator.device) - 1
