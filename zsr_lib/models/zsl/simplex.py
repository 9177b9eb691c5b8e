"""Mixtures: points of the simplex, whose numbers are not negative and sum to 1."""

import torch
from torch import Tensor

from zsr_lib.errors import BadInputError

STEPS = 2000
"""Of accelerated projected gradients; at λ = 0.1 and a hundred classes the last ones change nothing in float64."""


def onto_simplex(points: Tensor) -> Tensor:
    """The nearest point of the simplex to each of (N, C) rows.

    Source: Duchi, Shalev-Shwartz, Singer and Chandra, "Efficient projections onto the l1-ball for learning in high
    dimensions", ICML 2008, figure 1.
    """
    falling = points.sort(dim=1, descending=True).values  # (N, C)
    counts = torch.arange(1, points.shape[1] + 1, device=points.device)
    above = falling.cumsum(dim=1) - 1
    kept = (falling * counts > above).sum(dim=1, keepdim=True)  # (N, 1) numbers that stay above 0
    return (points - above.gather(1, kept - 1) / kept).relu()


def mixtures(vectors: Tensor, of: Tensor, ridge: float) -> Tensor:
    """ψ(c) = argmin over the simplex of ½ ‖s_c − Σ_y z_y S_y‖² + ½ λ ‖z‖²: each vector as a mixture of known ones.

    Source: Zhang and Saligrama, "Zero-shot learning via semantic similarity embedding", ICCV 2015;
    METHODS.md §6.7.

    Args:
        vectors: (N, K) s.
        of: (C, K) S.
        ridge: λ, above 0: then there is one solution, and a larger λ mixes more.

    Returns:
        (N, C) float64.

    Raises:
        BadInputError: λ is not positive, or there are no classes to mix.
    """
    if not ridge > 0 or not len(of):
        raise BadInputError(f"mixtures of {len(of)} classes with λ = {ridge}.", "give classes, and a λ above 0.")
    of, vectors = of.double(), vectors.double()
    gram, pull = of @ of.T, vectors @ of.T  # (C, C), (N, C)
    steepest = float(torch.linalg.matrix_norm(gram, 2)) + ridge
    ratio = (ridge / steepest) ** 0.5
    found = last = torch.full_like(pull, 1 / len(of))
    for _ in range(STEPS):
        ahead = found + (1 - ratio) / (1 + ratio) * (found - last)
        found, last = onto_simplex(ahead - (ahead @ gram - pull + ridge * ahead) / steepest), found
    return found
