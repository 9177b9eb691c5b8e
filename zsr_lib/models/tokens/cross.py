"""Attention between a sketch's tokens and a photo's, in which the two exchange their keys."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.models.tokens.attention import Attention


@dataclass(frozen=True)
class CrossConfig:
    """One layer of cross-attention.

    Attributes:
        heads: Of the attention.
        hidden: Width inside the perceptrons.
        value: ``own``: only keys are exchanged, as published, so value j of a picture is weighted by how alike key j of
            the *other* picture is, and both must have equally many tokens; ``other``: keys and values are, as usual.
        dropout: While training.
    """

    heads: int = 8
    hidden: int = 1024
    value: Literal["own", "other"] = "own"
    dropout: float = 0.1


class StdNorm(nn.Module):
    """``gain · (x − mean) / (sd + ε) + bias`` over the last axis, with the unbiased spread, as published."""

    def __init__(self, width: int, epsilon: float = 1e-6) -> None:
        super().__init__()
        self.gain, self.bias, self.epsilon = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width)), epsilon

    def forward(self, tokens: Tensor) -> Tensor:
        """(…, D) → (…, D)."""
        centred = tokens - tokens.mean(dim=-1, keepdim=True)
        # The root has no gradient at 0: where all numbers of a token are equal, they stay so.
        spread = (centred.square().sum(dim=-1, keepdim=True) / (tokens.shape[-1] - 1)).clamp(min=1e-24).sqrt()
        return self.gain * centred / (spread + self.epsilon) + self.bias


class Branch(nn.Module):
    """What one modality does with the other's tokens: attention, then a perceptron, each added and normed after."""

    def __init__(self, width: int, config: CrossConfig) -> None:
        super().__init__()
        self.attention, self.norm, self.norm_2 = Attention(width, config.heads), StdNorm(width), StdNorm(width)
        self.perceptron = nn.Sequential(
            nn.Linear(width, config.hidden), nn.ReLU(), nn.Dropout(config.dropout), nn.Linear(config.hidden, width)
        )
        self.dropout, self.value = nn.Dropout(config.dropout), config.value

    def forward(self, own: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, D) and (B, S, D) → (B, T, D), and (B, H, T, S) weights of the other's keys."""
        attended, weights = self.attention(own, other, own if self.value == "own" else other)
        own = self.norm(own + self.dropout(attended))
        return self.norm_2(own + self.dropout(self.perceptron(own))), weights


class CrossAttention(nn.Module):
    """Sketch and photo update each other once, both from what they were before; branches have weights of their own.

    Source: METHODS.md §4.4: ``sk' = LN(sk + MHA(q=sk, k=im, v=sk))``, ``im' = LN(im + MHA(q=im, k=sk, v=im))``, then
    ``LN(x + FFN(x))`` with ReLU.
    """

    def __init__(self, width: int, config: CrossConfig) -> None:
        super().__init__()
        self.sketch, self.photo = Branch(width, config), Branch(width, config)
        self.exchanges_keys_only = config.value == "own"

    def forward(self, sketch: Tensor, photo: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, D) and (B, S, D) → both updated.

        Raises:
            BadInputError: Only keys are exchanged, and T is not S.
        """
        if self.exchanges_keys_only and sketch.shape[1] != photo.shape[1]:
            raise BadInputError(
                f"{sketch.shape[1]} tokens cannot exchange keys with {photo.shape[1]}: values stay where they are.",
                "give both equally many tokens, or exchange values, too (cross.value: other).",
            )
        return self.sketch(sketch, photo)[0], self.photo(photo, sketch)[0]
