"""Photos as lines, so that one network can look at drawings and at photos."""

import torch
from torch import Tensor, nn

from zsr_lib.features.edge_cnn import Edges

SMALLEST = 1e-3
"""Without it, rounding in an empty picture would pass for lines."""


class Lines(nn.Module):
    """(B, C, H, W) pictures → (B, 1, H, W) lines: bright on dark, of mean 0 and spread 1 in each picture.

    The papers take edge maps of photos (gPb, or Canny); which thresholds, they do not state. Here it is the strength
    of edges compared with their surroundings (`zsr_lib.features.edge_cnn.Edges`), which needs no threshold, and of a
    sketch its ink.

    Args:
        drawn: Whether the pictures are drawings already.
    """

    def __init__(self, drawn: bool) -> None:
        super().__init__()
        self.edges = None if drawn else Edges()

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        grey = -pictures.mean(dim=1, keepdim=True)  # ink is dark
        lines = grey if self.edges is None else self.edges(pictures.to(self.edges.kernels.dtype))[:, :1]
        spread, mean = torch.std_mean(lines, dim=(2, 3), keepdim=True, correction=0)  # (B, 1, 1, 1)
        return (lines - mean) / (spread + SMALLEST)
