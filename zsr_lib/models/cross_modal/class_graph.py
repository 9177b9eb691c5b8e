"""A graph of classes by their vectors, and convolutions over it."""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize


def class_graph(vectors: Tensor, neighbours: int) -> Tensor:
    """(C, W) class vectors → (C, C) D^−½ (A + I) D^−½; classes are joined where one is among the other's nearest.

    Source: the propagation rule of Kipf and Welling, "Semi-Supervised Classification with Graph Convolutional
    Networks", ICLR 2017, equation 2. How CrossATNet joins its classes is not stated; the cosine is chosen here.

    Args:
        vectors: One row a class.
        neighbours: How many nearest classes each is joined to, itself not counted; all others at most.
    """
    count, unit = len(vectors), normalize(vectors, dim=1)
    near = unit @ unit.T - 3 * torch.eye(count, dtype=vectors.dtype, device=vectors.device)  # itself comes last
    nearest = near.topk(min(neighbours, count - 1), dim=1).indices  # (C, k)
    joined = torch.zeros_like(near).scatter(1, nearest, 1.0)
    joined = torch.maximum(joined, joined.T) + torch.eye(count, dtype=vectors.dtype, device=vectors.device)
    scale = joined.sum(dim=1).rsqrt()
    return scale[:, None] * joined * scale


class GraphNet(nn.Module):
    """Two graph convolutions: Â · LeakyReLU(Â · S · W₁) · W₂.

    Args:
        size: W, of the class vectors.
        hidden: Numbers between the two.
        code_size: K.
    """

    def __init__(self, size: int, hidden: int, code_size: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(size, hidden), nn.Linear(hidden, code_size)

    def forward(self, graph: Tensor, vectors: Tensor) -> Tensor:
        """(C, C) graph and (C, W) class vectors → (C, K)."""
        hidden = nn.functional.leaky_relu(graph @ self.first(vectors), 0.01)
        return graph @ self.second(hidden)
