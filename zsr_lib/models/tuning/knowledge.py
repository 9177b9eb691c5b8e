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
from zsr_lib.models.tuning.domains import Domain


class Knowledge(nn.Module):
    """A trainable copy of the pretrained classifier, and what the original says of every item.

    Args:
        classifier: Of the pretrained network, on its features.
    """

    def __init__(self, classifier: nn.Linear) -> None:
        super().__init__()
        self.head = copy.deepcopy(classifier)

    def ask(self, pretrained: Tail, domains: Sequence[Domain]) -> None:
        """Fixes what is to be kept, from the upper half of the network before it is trained."""
        own = [self._probabilities(pretrained, domain) for domain in domains]
        photos = [place for place, domain in enumerate(domains) if domain.source.items.modality == "photo"]
        labels = np.concatenate([domains[place].labels for place in photos] or [np.empty(0, np.int64)])
        said = torch.cat([own[place] for place in photos]) if photos else torch.empty(0)
        of_class = {int(label): said[torch.from_numpy(labels == label)].mean(dim=0) for label in np.unique(labels)}
        for place in {*range(len(domains))} - {*photos}:
            rows = zip(domains[place].labels.tolist(), own[place], strict=True)
            own[place] = torch.stack([of_class.get(label, said_of_it) for label, said_of_it in rows])
        self._teacher = [table.clamp(min=1e-12).log().to(self.head.weight.device) for table in own]

    def forward(self, features: Tensor, rows: Sequence[Tensor]) -> Tensor:
        """The distillation loss of a batch's (N, D) features: of the (B,) rows of each domain, one after the other."""
        teacher = torch.cat([table[own] for table, own in zip(self._teacher, rows, strict=True)])
        return distillation(self.head(features), teacher)

    @torch.no_grad()
    def _probabilities(self, pretrained: Tail, domain: Domain) -> Tensor:
        """(N, C) class probabilities, averaged over an item's versions."""
        rows = np.arange(len(domain.labels))
        versions = (
            domain.described(lambda inputs: self.head(pretrained(inputs)).softmax(dim=1).cpu(), rows, version)
            for version in range(domain.inputs.versions)
        )
        return sum(versions) / domain.inputs.versions
