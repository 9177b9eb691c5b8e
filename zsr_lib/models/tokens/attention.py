"""Attention, and layers that keep only the tokens which the CLS token attends to."""

import math

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError


class Attention(nn.Module):
    """Multi-head attention in which queries, keys and values may come from three places.

    Args:
        width: D.
        heads: Must divide D.

    Raises:
        BadInputError: They do not.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if heads < 1 or width % heads:
            raise BadInputError(f"{heads} heads cannot share a width of {width}.", "give heads that divide the width.")
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Attends.

        Args:
            query: (B, T, D).
            key: (B, S, D).
            value: (B, S, D); value j belongs to key j.

        Returns:
            (B, T, D), and (B, H, T, S) weights that add up to 1 over the last axis.
        """
        q, k, v = (self._split(each) for each in (self.query(query), self.key(key), self.value(value)))
        weights = (q @ k.mT / math.sqrt(q.shape[-1])).softmax(dim=-1)  # (B, H, T, S)
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights

    def _split(self, tokens: Tensor) -> Tensor:
        """(B, T, D) → (B, H, T, D / H)."""
        return tokens.unflatten(2, (self.heads, -1)).transpose(1, 2)


class Layer(nn.Module):
    """One pre-norm layer of a vision transformer; keeps ⌈κn⌉ of n patch tokens after its attention.

    Source of the layer: Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021. Source of the filtering: Liang
    et al., "EViT", ICLR 2022, without its fused token, as METHODS.md §4.4 describes it: patch tokens are ranked by the
    attention that the CLS token pays them, averaged over heads; those
    that stay are in reading order, as in both releases, so that tokens of two pictures which are paired by their index
    have nearly the same place.

    Args:
        width: D.
        heads: Of the attention.
        hidden: Width inside the perceptron.
        dropout: Of the two sub-layers' outputs, and inside the perceptron.
        keep: κ, above 0 and at most 1; 1 keeps every token where it is.
        loses_output: As in the released code of MLAGT and ZSE-SBIR: where κ < 1, what is added to the tokens is the
            attention's input and not its output.

    Raises:
        BadInputError: κ is out of range.
    """

    def __init__(
        self, width: int, heads: int, hidden: int, dropout: float, keep: float = 1.0, loses_output: bool = False
    ) -> None:
        super().__init__()
        if not 0 < keep <= 1:
            raise BadInputError(f"a layer keeps a share of {keep} of its tokens.", "give keep rates above 0, up to 1.")
        self.keep, self.loses_output = keep, loses_output
        self.norm, self.attention = nn.LayerNorm(width, eps=1e-6), Attention(width, heads)
        self.norm_2 = nn.LayerNorm(width, eps=1e-6)
        self.perceptron = nn.Sequential(
            *(nn.Linear(width, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, width), nn.Dropout(dropout))
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, 1 + n, D) → (B, 1 + ⌈κn⌉, D), (B, ⌈κn⌉) which of n they are, and (B, n) attention of the CLS token."""
        normed = self.norm(tokens)
        attended, weights = self.attention(normed, normed, normed)
        if self.keep < 1 and self.loses_output:
            attended = normed
        tokens = tokens + self.dropout(attended)
        looked_at = weights[:, :, 0, 1:].mean(dim=1)  # (B, n)
        chosen = self._chosen(looked_at)
        if self.keep < 1:
            places = torch.cat([torch.zeros_like(chosen[:, :1]), chosen + 1], dim=1)  # the CLS token stays
            tokens = tokens.gather(1, places[..., None].expand(-1, -1, tokens.shape[2]))
        return tokens + self.perceptron(self.norm_2(tokens)), chosen, looked_at

    def kept_of(self, count: int) -> int:
        """How many of `count` patch tokens stay."""
        return max(1, math.ceil(round(self.keep * count, 6)))  # rounded, so that 0.9 · 10 is 9

    def _chosen(self, looked_at: Tensor) -> Tensor:
        count = looked_at.shape[1]
        if self.keep == 1:
            return torch.arange(count, device=looked_at.device).expand(len(looked_at), -1)
        # Stable: of tokens that are looked at alike (a blank picture's), the same ones stay on every machine.
        order = looked_at.argsort(dim=1, descending=True, stable=True)
        return order[:, : self.kept_of(count)].sort(dim=1).values
