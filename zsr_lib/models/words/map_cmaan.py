"""A stand-in for CMAAN without a pretrained vision transformer: the sentences of `cmaan` on the tokens of `map_tokens`.

Not from a paper, and *not* the published system: its trunk is a frozen convolutional network whose last maps, place by
place, are the tokens (METHODS.md §7.1 and §4.7 for what stands on them). Before the first step its codes are the
standardised features of the backbone, with sentences and without.
"""

from dataclasses import dataclass, field

from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.tokens.map_tokens import MapTokens, MapTokensConfig
from zsr_lib.models.words.cmaan import ReadsText, TextLosses


@dataclass(frozen=True)
class MapCmaanConfig(MapTokensConfig):
    """Options of `map_tokens`, and what is read (see `zsr_lib.models.words.cmaan.CmaanConfig`)."""

    descriptions: str = "aerial"
    text: FeaturesConfig = field(default_factory=lambda: FeaturesConfig("words"))
    losses: TextLosses = field(default_factory=TextLosses)


class MapCmaan(ReadsText, MapTokens):
    """CMAAN's reading on a convolutional network's maps."""

    Config = MapCmaanConfig
    config: MapCmaanConfig
