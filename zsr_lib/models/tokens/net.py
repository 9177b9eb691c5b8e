"""A trunk that makes tokens, cross-attention between those of a sketch and of a photo, and scores of pairs."""

from collections.abc import Callable, Mapping
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity

from zsr_lib.losses.relation import relation
from zsr_lib.losses.triplet import cross_triplet
from zsr_lib.models.tokens.cross import CrossAttention
from zsr_lib.models.tokens.relation import Relation, best_matches

Second = Literal["relation", "cross", "matches"]
"""How pairs are scored: by the relation head, by the cosine of both CLS tokens after cross-attention, or by how well
each token of the trunk finds one like it, which nothing was trained for."""


Met = Literal["positive", "candidate"]
"""Which photo a sketch has met when its distance from a photo of another class is measured: the one of its own class,
as in both releases, or that very photo, as when pairs are scored."""


class TokenNet(nn.Module):
    """What MLAGT and ZSE-SBIR share.

    Args:
        trunk: Inputs → (B, 1 + T, D), the CLS token first.
        cross: Between both.
        head: Scores pairs of updated patch tokens; None where nothing is trained to.
        second: How `relate` scores.
        blend: Weight of the codes' cosine in a pair's score; the sources have none.
    """

    def __init__(
        self, trunk: nn.Module, cross: CrossAttention, head: Relation | None, second: Second, blend: float = 0.0
    ) -> None:
        super().__init__()
        self.trunk, self.cross, self.head, self.second, self.blend = trunk, cross, head, second, blend

    def tokens(self, modality: str, inputs: Tensor) -> Tensor:
        """Inputs → (B, 1 + T, D) of either modality."""
        return self.trunk(inputs)

    def encode(self, modality: str, inputs: Tensor) -> Tensor:
        """Inputs → (B, D): the CLS token before any cross-attention, which needs no partner (mode ``sa``)."""
        return self.tokens(modality, inputs)[:, 0]

    def relate(self, sketch: Tensor, photo: Tensor) -> Tensor:
        """Two (P, 1 + T, D) → (P,) scores, higher is better (mode ``rn`` where the relation head gives them)."""
        codes = cosine_similarity(sketch[:, 0], photo[:, 0], dim=1)
        return self._scores(sketch, photo) + self.blend * codes

    def _scores(self, sketch: Tensor, photo: Tensor) -> Tensor:
        if self.second == "matches":
            return best_matches(sketch[:, 1:], photo[:, 1:])
        sketch, photo = self.cross(sketch, photo)
        if self.head is not None and self.second == "relation":
            return self.head(sketch[:, 1:], photo[:, 1:])
        return cosine_similarity(sketch[:, 0], photo[:, 0], dim=1)

    def terms(
        self, sketch: Tensor, photo: Tensor, other: Tensor, margin: float, met: Met = "positive"
    ) -> Mapping[str, Callable[[], Tensor]]:
        """The two losses, computed when asked for.

        Args:
            sketch: Inputs of N sketches.
            photo: Inputs of N photos of the same classes.
            other: Inputs of N photos of other classes.
            margin: Of the triplet.
            met: See `Met`.
        """
        sketches = self.tokens("sketch", sketch)
        photos, others = self.tokens("photo", torch.cat([photo, other])).chunk(2)
        anchor, positive = self.cross(sketches, photos)
        again, negative = self.cross(sketches, others)

        def triplet() -> Tensor:
            """On the CLS codes."""
            if met == "positive":
                return cross_triplet(anchor[:, 0], positive[:, 0], negative[:, 0], margin)
            near, far = positive[:, 0] - anchor[:, 0], negative[:, 0] - again[:, 0]  # each from the sketch that it met
            return cross_triplet(torch.zeros_like(near), near, far, margin)

        def related() -> Tensor:
            """On the scores of the relation head."""
            assert self.head is not None, "a relation term without a relation head"
            scores = (self.head(*(each[:, 1:] for each in pair)) for pair in ((anchor, positive), (again, negative)))
            return relation(*(each[:, None] for each in scores))

        return {"triplet": triplet, "relation": related}
