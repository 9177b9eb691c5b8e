"""What a pretrained classifier says of the training items: kept while the network's last blocks change.

A contrastive loss on a few seen classes has no reason to keep what else the network knew. So its own class
probabilities are remembered, and distilled while training: each photo keeps those of the pretrained network, and each
sketch, of which that network understands little, is taught those of its class's photos. Unseen classes take no part;
the pretrained classes are those of the weights.
"""

import copy
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.features.tail import Tail
from zsr_lib.losses.distillation import distillation
from zsr_lib.models.tuning.domains import Domain, Draw

CHUNK = 256
"""Maps that are classified at a time."""


class Knowledge(nn.Module):
    """A trainable copy of the pretrained classifier, and what the original says of every item.

    Args:
        classifier: Of the pretrained network, on its features.
        pretrained: The upper half of the network, untrained on.
        domains: Training items.
        device: Where it runs.
    """

    def __init__(self, classifier: nn.Linear, pretrained: Tail, domains: Sequence[Domain], device: str) -> None:
        super().__init__()
        self.head = copy.deepcopy(classifier).to(device)
        self._device = device
        own = [self._probabilities(pretrained, domain) for domain in domains]
        photos = [place for place, domain in enumerate(domains) if domain.modality == "photo"]
        labels = np.concatenate([domains[place].labels for place in photos] or [np.empty(0, np.int64)])
        said = torch.cat([own[place] for place in photos]) if photos else torch.empty(0)
        of_class = {int(label): said[torch.from_numpy(labels == label)].mean(dim=0) for label in np.unique(labels)}
        self._teacher = [
            (table if place in photos else _by_class(table, domains[place].labels, of_class)).clamp(min=1e-12).log()
            for place, table in enumerate(own)
        ]

    def forward(self, features: Tensor, batch: Sequence[Draw]) -> Tensor:
        """The distillation loss of a batch's (N, D) features, domain after domain."""
        teacher = torch.cat([self._teacher[draw.domain][torch.from_numpy(draw.rows)] for draw in batch])
        return distillation(self.head(features), teacher.to(self._device))

    @torch.no_grad()
    def _probabilities(self, pretrained: Tail, domain: Domain) -> Tensor:
        """(N, C) class probabilities, averaged over an item's views."""
        total = torch.zeros(len(domain.maps), self.head.out_features)
        for view in range(domain.maps.shape[1]):
            for start in range(0, len(domain.maps), CHUNK):
                maps = torch.from_numpy(np.array(domain.maps[start : start + CHUNK, view])).to(self._device).float()
                total[start : start + CHUNK] += self.head(pretrained(maps)).softmax(dim=1).cpu()
        return total / domain.maps.shape[1]


def _by_class(own: Tensor, labels: np.ndarray, of_class: dict[int, Tensor]) -> Tensor:
    """Every item's class mean; its own probabilities where its class has no photos."""
    rows = (of_class.get(label, own[row]) for row, label in enumerate(labels.tolist()))
    return torch.stack(list(rows))
