"""From a backbone's last maps to tokens that average to its standardised feature, in fewer numbers."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError
from zsr_lib.features.backbones import Backbone
from zsr_lib.features.token_maps import rest_of_maps
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.references.itq import principal_directions

PART = 256
"""Items whose maps are widened at once: a map of 7 × 7 places and 1280 channels takes 250 KB."""


class MapStem(nn.Module):
    """The rest of the backbone at each place, standardisation per modality, and the main directions of both.

    Directions are those of all training items together: a modality with more of them weighs more.

    Args:
        backbone: Whose maps they are.
        block: Where it was cut.
        modalities: Names.
        width: How many directions are kept.

    Attributes:
        channels: Of the maps that come in.
    """

    directions: Tensor

    def __init__(self, backbone: Backbone, block: int, modalities: tuple[str, ...], width: int) -> None:
        super().__init__()
        self.rest = rest_of_maps(backbone, block)
        first = next(layer for layer in self.rest.modules() if isinstance(layer, nn.Conv2d))
        self.channels, size = first.in_channels, backbone.dimension
        if not 1 <= width <= size:
            raise BadInputError(f"a token of {size} numbers has no {width} directions.", f"give width 1 … {size}.")
        self.scaling = nn.ModuleDict({name: Scaling(size) for name in modalities})
        self.register_buffer("directions", torch.zeros(size, width))

    def forward(self, modality: str, rows: Tensor) -> Tensor:
        """(B, places · channels) maps → (B, places, width); their mean is the standardised feature's projection.

        Raises:
            BadInputError: There is no such modality.
        """
        if modality not in self.scaling:
            known = " or ".join(self.scaling)
            raise BadInputError(f"there is no encoder for modality '{modality}'.", f"embed {known} items.")
        return self.scaling[modality](self._maps(rows)) @ self.directions

    def places_of(self, size: int) -> int:
        """Tokens that come of maps of `size` numbers."""
        with torch.no_grad():
            return self._maps(self.directions.new_zeros(1, size)).shape[1]

    @torch.no_grad()
    def in_parts(self, modality: str, rows: Tensor) -> Tensor:
        """The same for many items."""
        return torch.cat([self(modality, part) for part in rows.split(PART)])

    @torch.no_grad()
    def measure(self, rows: Mapping[str, Tensor]) -> None:
        """Takes statistics and directions from (N, places · channels) training items of each modality."""
        standardised = []
        for name, table in rows.items():
            pooled = torch.cat([self._maps(part).mean(dim=1) for part in table.split(PART)])  # (N, C)
            self.scaling[name].measure(pooled)
            standardised.append(self.scaling[name](pooled))
        found = torch.cat(standardised).double().cpu().numpy()
        found = principal_directions(found, self.directions.shape[1])
        self.directions.copy_(torch.from_numpy(found.copy()))

    def _maps(self, rows: Tensor) -> Tensor:
        """(B, places · channels) → (B, places, C) of the backbone's last maps."""
        places = rows.unflatten(1, (-1, self.channels)).transpose(1, 2)  # (B, channels, places)
        side = round(places.shape[2] ** 0.5)
        return self.rest(places.unflatten(2, (side, -1))).flatten(2).transpose(1, 2)
