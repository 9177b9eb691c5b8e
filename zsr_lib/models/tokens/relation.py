"""A score of two pictures from how alike each patch of one is to each of the other."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize


class Relation(nn.Module):
    """Cosines of all pairs of reduced tokens, then a perceptron with one output between 0 and 1.

    Source: ZSE-SBIR (CVPR 2023) as METHODS.md §4.7 describes it: 2 × 2 convolution on stride 2, 49 × 49 cosines →
    343 → 49 → 1, which for n tokens is n² → n√n → n → 1; its repository has the head for 144 filtered tokens in the
    same proportions, without a convolution. So it is here where tokens are no whole map of an even side: each is
    reduced by itself.

    Args:
        tokens: Patch tokens of a picture.
        width: D.
        reduced: Numbers of a reduced token.
        whole: Whether the tokens are all of a square map, in reading order.
        dropout: While training.
    """

    def __init__(self, tokens: int, width: int, reduced: int = 512, whole: bool = True, dropout: float = 0.1) -> None:
        super().__init__()
        side = math.isqrt(tokens)
        self.side = side if whole and side**2 == tokens and side % 2 == 0 else 0
        self.reduce = nn.Conv2d(width, reduced, 2, 2) if self.side else nn.Linear(width, reduced)
        count = (side // 2) ** 2 if self.side else tokens
        middle = count * math.ceil(math.sqrt(count))
        self.perceptron = nn.Sequential(
            *(nn.Linear(count**2, middle), nn.ReLU(), nn.Dropout(dropout)),
            *(nn.Linear(middle, count), nn.ReLU(), nn.Dropout(dropout), nn.Linear(count, 1), nn.Sigmoid()),
        )

    def forward(self, sketch: Tensor, photo: Tensor) -> Tensor:
        """Two (P, T, D) of patch tokens, without CLS → (P,)."""
        return self.perceptron(self.cosines(sketch, photo).flatten(1))[:, 0]

    def cosines(self, sketch: Tensor, photo: Tensor) -> Tensor:
        """Two (P, T, D) → (P, n, n)."""
        first, second = (normalize(self.reduced(each), dim=2) for each in (sketch, photo))
        return first @ second.mT

    def reduced(self, tokens: Tensor) -> Tensor:
        """(P, T, D) → (P, n, D')."""
        if not self.side:
            return self.reduce(tokens)
        maps = tokens.transpose(1, 2).unflatten(2, (self.side, self.side))  # (P, D, side, side)
        return self.reduce(maps).flatten(2).transpose(1, 2)


def best_matches(sketch: Tensor, photo: Tensor) -> Tensor:
    """(P,) how well each token of a sketch finds one like it in a photo, on average: nothing to learn.

    Args:
        sketch: (P, T, D).
        photo: (P, S, D).
    """
    cosines = normalize(sketch, dim=2) @ normalize(photo, dim=2).mT  # (P, T, S)
    return torch.amax(cosines, dim=2).mean(dim=1)
