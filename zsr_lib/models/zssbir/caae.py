"""CAAE: CVAE's sibling, whose latent codes are made normally distributed by a discriminator instead of a formula.

Yelamarthi et al., ECCV 2018, after the adversarial auto-encoder of Makhzani et al., arXiv:1511.05644. No released code
of it was read: the network is CVAE's, with plain latent codes; the discriminator has two layers of the second width,
takes the same optimiser, and its loss is least squares, as in `zsr_lib.models.zssbir.sem_pcyc`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from zsr_lib.losses.adversarial import least_squares_adversarial
from zsr_lib.models.bases.layers import stacked
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.zssbir.cvae import Cvae, CvaeConfig, CvaeNet
from zsr_lib.training.optimised import Optimised


@dataclass(frozen=True)
class CaaeConfig(CvaeConfig):
    """The options of `CvaeConfig`; `divergence` weighs what the encoder pays where it does not deceive."""


class CaaeNet(CvaeNet):
    """`CvaeNet` with one latent code a pair, and a discriminator of latent codes."""

    def __init__(self, sizes: Sizes, config: CaaeConfig) -> None:
        super().__init__(sizes, config, halves=1)
        width = config.widths[-1]

        def leaky(_: int) -> Iterator[nn.Module]:
            yield nn.LeakyReLU(0.2)

        self.critic = stacked((config.latent, width, width, 1), leaky)

    def latent(self, photo: Tensor, sketch: Tensor) -> Tensor:
        """(N, D) features of pairs → (N, L) latent codes."""
        return self.encoder(torch.cat([photo, sketch], dim=1))


class Caae(Cvae):
    """Coder and discriminator in turn, each with an optimiser of its own."""

    Config = CaaeConfig
    config: CaaeConfig

    def network(self, sizes: Sizes) -> CaaeNet:
        """Encoder of one half."""
        return CaaeNet(sizes, self.config)

    def players(self) -> Mapping[str, Optimised]:
        """The coder first; both with the options' optimiser."""
        coder = nn.ModuleList([self.net.encoder, self.net.decoder, self.net.back])
        return {"coder": Optimised(coder, self.loss), "critic": Optimised(self.net.critic, self.critic_loss)}

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The coder's: regenerate, and deceive."""
        photo, sketch = batch[self.net.first], batch[self.net.second]  # (N, D)
        latent = self.net.latent(photo, sketch)  # (N, L)
        said = self.net.critic(latent)  # (N, 1)
        fooled = least_squares_adversarial(said, torch.ones_like(said))
        return self.terms(photo, sketch, latent) | {"deceiving": self.config.divergence * fooled}

    def critic_loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The discriminator's: 1 of normally distributed codes, 0 of the encoder's."""
        with torch.no_grad():
            made = self.net.latent(batch[self.net.first], batch[self.net.second])
        real, made = self.net.critic(torch.randn_like(made)), self.net.critic(made)
        return {
            "real": least_squares_adversarial(real, torch.ones_like(real)),
            "made": least_squares_adversarial(made, torch.zeros_like(made)),
        }
