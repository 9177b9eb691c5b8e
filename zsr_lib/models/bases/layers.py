"""Pieces that networks on features are made of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from torch import Tensor, nn

from zsr_lib.errors import BadInputError


class PerModality(nn.ModuleDict):
    """A module for each modality, called as ``modules(modality, inputs)``."""

    def __init__(self, modules: Mapping[str, nn.Module]) -> None:
        super().__init__(modules)

    def forward(self, modality: str, inputs: Tensor) -> Tensor:
        """What the modality's module makes of (N, D) inputs.

        Raises:
            BadInputError: There is none for it.
        """
        return self[known_modality(modality, self)](inputs)


def known_modality(modality: str, known: Iterable[str]) -> str:
    """The modality, where a network was built for it.

    Raises:
        BadInputError: It was not.
    """
    known = list(known)
    if modality not in known:
        raise BadInputError(
            f"there is no encoder for modality '{modality}'.", f"embed items of modality {' or '.join(known)}."
        )
    return modality


def stacked(sizes: Sequence[int], after: Callable[[int], Iterable[nn.Module]]) -> nn.Sequential:
    """Linear layers one after another.

    Args:
        sizes: Widths, input first; one more than there are layers.
        after: Width of a layer → what follows it; nothing follows the last.
    """
    layers: list[nn.Module] = []
    for place, (width, following) in enumerate(pairwise(sizes)):
        layers += [nn.Linear(width, following), *(after(following) if place < len(sizes) - 2 else ())]
    return nn.Sequential(*layers)
