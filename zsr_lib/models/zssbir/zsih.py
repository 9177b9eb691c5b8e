"""ZSIH: bits that sketch and photo of a class agree on, since a third network has seen both, and the class's name.

Shen, Liu, Shen and Shao, "Zero-Shot Sketch-Image Hashing", CVPR 2018, in the form of the authors' simplified release:
features instead of AlexNet and attention. While training, photo and sketch are fused by a Kronecker product and
smoothed by a graph of classes; the result is drawn as bits, which must yield the class vector. Each modality's own
encoder learns to say the same bits, and it alone is used in searching.

Chosen where sources leave it open: thresholds ε are drawn from U(0, 1), as in the paper (the release takes 0.5);
b* = 1[σ(l) > 0.5] (the release compares l itself with 0.5); both layers convolve over the graph; no gradient flows
through the bits that likelihood and encoders aim at; class vectors have unit length.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError
from zsr_lib.losses.latent import latent
from zsr_lib.models.bases.layers import PerModality
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.zssbir.words import AlignedNet, WithWords, WordsConfig
from zsr_lib.training.config import TrainingConfig


@dataclass(frozen=True)
class ZsihConfig(WordsConfig):
    """The options of `WordsConfig`, and more; widths are the release's, made for 4096 features.

    Attributes:
        bits: A multiple of 8.
        width: Of the encoders' hidden layer, and of the graph's first layer.
        fused: Numbers of each modality that are multiplied with each other.
        spread: Of the graph: classes are neighbours as exp(−‖s_i − s_j‖² / spread).
        agreement: Weight of the encoders' terms.
        training: Steps, batches, optimiser; the release's decay of weights, 0.005, is `weight_decay`.

    Raises:
        BadInputError: The bits are no bytes, or `spread` is not positive.
    """

    bits: int = 64
    width: int = 1024
    fused: int = 256
    spread: float = 0.1
    agreement: float = 0.1
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(steps=10_000, batch_size=200, learning_rate=5e-4, weight_decay=0.005)
    )

    def __post_init__(self) -> None:
        if self.bits < 8 or self.bits % 8:
            raise BadInputError(f"codes of {self.bits} bits.", "give a multiple of 8, for example 64.")
        if self.spread <= 0:
            raise BadInputError(f"spread is {self.spread}.", "give a number above 0.")


class ZsihNet(AlignedNet):
    """Two encoders, and what is there for training only: fusion, graph and decoder."""

    def __init__(self, sizes: Sizes, config: ZsihConfig) -> None:
        super().__init__(sizes)
        width, fused = config.width, config.fused
        self.encoders = PerModality(
            {
                name: nn.Sequential(nn.Linear(size, width), nn.ReLU(), nn.Linear(width, config.bits), nn.Sigmoid())
                for name, size in sizes.features.items()
            }
        )
        self.fusion = PerModality(
            {name: nn.Sequential(nn.Linear(size, fused), nn.ReLU()) for name, size in sizes.features.items()}
        )
        self.graph = nn.ModuleList([nn.Linear(fused * fused, width), nn.Linear(width, config.bits)])
        self.decoder = nn.Linear(config.bits, sizes.semantics)

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, M) chances of each bit."""
        return self.encoders(modality, self.scaling(modality, features))

    def logits(self, first: Tensor, second: Tensor, neighbours: Tensor) -> Tensor:
        """(N, F) of each modality, (N, N) graph → (N, M) logits of the bits of pairs."""
        products = kronecker(first, second)  # (N, F · F)
        return neighbours @ self.graph[1]((neighbours @ self.graph[0](products)).relu())


class Zsih(WithWords):
    """Packed bits, compared by Hamming distance."""

    Config = ZsihConfig
    config: ZsihConfig
    distance = "hamming"

    def network(self, sizes: Sizes) -> ZsihNet:
        """As many bits as configured."""
        return ZsihNet(sizes, self.config)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Half the squared error of the class vector, the bits' likelihood, and the encoders' agreement with them."""
        net, vectors = self.net, self._vectors[batch.labels]  # (N, K)
        inputs = {name: net.scaling(name, batch[name]) for name in net.encoders}
        fused = (net.fusion(name, each) for name, each in inputs.items())
        logits = net.logits(*fused, neighbourhood(vectors, self.config.spread))  # (N, M)
        bits = stochastic_bits(logits, torch.rand_like(logits))
        sure = (logits.detach() > 0).to(logits.dtype)
        agreement = sum(latent(net.encoders(name, each), sure) for name, each in inputs.items()) / 2
        return {
            "class vector": latent(net.decoder(bits), vectors) / 4,
            "likelihood": binary_cross_entropy_with_logits(logits, bits.detach()),
            "agreement": self.config.agreement * agreement,
        }

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, M / 8) uint8 packed bits.

        Raises:
            BadInputError: Not fitted, or not for this modality.
        """
        return np.packbits(super().embed(items) > 0.5, axis=1)


def kronecker(first: Tensor, second: Tensor) -> Tensor:
    """(N, F) and (N, G) → (N, F · G): every number of a row times every number of the other's."""
    return torch.einsum("nf,ng->nfg", first, second).flatten(1)


def neighbourhood(vectors: Tensor, spread: float) -> Tensor:
    """(N, K) class vectors of a batch → (N, N) D^−½ A D^−½ with A = exp(−‖s_i − s_j‖² / spread) and its row sums D.

    Source: Kipf and Welling, "Semi-Supervised Classification with Graph Convolutional Networks", ICLR 2017; A as ZSIH.
    """
    squares = (vectors[:, None] - vectors[None]).square().sum(dim=2)
    weights = (-squares / spread).exp()
    root = weights.sum(dim=1).rsqrt()
    return root[:, None] * weights * root[None]


def stochastic_bits(logits: Tensor, thresholds: Tensor) -> Tensor:
    """1 where σ(l) exceeds its threshold, else 0; backwards as if it were σ(l), whose gradient is σ(1 − σ)."""
    chances = logits.sigmoid()
    bits = (chances > thresholds).to(chances.dtype)
    return chances + (bits - chances).detach()
