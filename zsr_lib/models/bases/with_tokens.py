"""Codes find, tokens decide: what systems share that rank the first K again by pairs of token sets."""

import numpy as np
import torch

from zsr_lib.data.items import ItemSet
from zsr_lib.models.bases.trained import TrainedMethod

NUMBERS = 2**24
"""Of the tokens of pairs that are related at once: 64 MB of either side."""


class WithTokens(TrainedMethod):
    """The network has `tokens(modality, inputs)` and `relate(query, gallery)`, too.

    ``tokens``: (B, …) inputs → (B, T, D); ``relate``: two (P, T, D) → (P,) scores of P pairs, higher is better.
    """

    pairs: int = 512
    """Most pairs that are related at once; fewer where their tokens hold more than `NUMBERS` numbers."""

    def tokens(self, items: ItemSet) -> np.ndarray:
        """(N, T, D) float32.

        Raises:
            BadInputError: Not fitted, or not for these items.
        """
        return self.encoded(items, "tokens")

    @torch.inference_mode()
    def rerank(self, query_tokens: np.ndarray, gallery_tokens: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        """(Q, K) float32 scores of candidates, pair by pair; the gallery's tokens may lie on disk, read row by row.

        Raises:
            BadInputError: Not fitted.
        """
        if self.net is None:
            raise self.not_fitted()
        self.net.eval()
        queries, gallery = np.repeat(np.arange(len(candidates)), candidates.shape[1]), candidates.ravel()
        scores = np.empty(len(gallery), np.float32)
        step = max(1, min(self.pairs, NUMBERS // int(np.prod(query_tokens.shape[1:]))))
        for start in range(0, len(gallery), step):
            part = slice(start, start + step)
            both = (query_tokens[queries[part]], gallery_tokens[gallery[part]])  # (P, T, D) each
            inputs = (torch.from_numpy(each).to(self.device, self.dtype) for each in both)
            scores[part] = self.net.relate(*inputs).float().cpu().numpy()
        return scores.reshape(candidates.shape)
