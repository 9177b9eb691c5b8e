"""GDH: sketches migrate to the domain of photos, and one hash network codes both there.

Zhang, Shen, Liu, Zhu, Yu, Shao, Shen and Van Gool, "Generative domain-migration hashing for sketch-to-image
retrieval", ECCV 2018; METHODS.md §6.5. Two makers and two critics with least-squares adversarial and cycle losses, a
hash network, and discrete codes in closed form. The released category script leaves the codes at zero; here they are
as it defines them: the signs of the hash network's first outputs (less their mean, which is chosen: from random
weights it gives all items nearly one code), then at once those of their class, where they stay but for ties. Chosen:
the hash terms move the maker of photos, too, with the weight `hash_weight` for the mean over bits; makers end without
tanh, since pictures are standardised by band; on features, which are as long in both modalities, makers start from the
identity and add two layers. Left out: the pool of earlier pictures, and the release's plans for learning rates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.architectures import build_network, without_classifier
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.adversarial import least_squares_adversarial
from zsr_lib.losses.base import number
from zsr_lib.losses.cycle import cycle
from zsr_lib.losses.latent import latent
from zsr_lib.models.bases.either import EitherMethod
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.hashing.bits import HashMethod, check_bits
from zsr_lib.models.hashing.discrete import class_codes, signs, spread_signs
from zsr_lib.models.hashing.migration import FeatureMaker, PictureCritic, PictureMaker, feature_critic
from zsr_lib.models.hashing.targets import Targets
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.optimised import Optimised

FAINT = 1e-5
"""Weight of the network's own wish in a code; it decides where a class's codes are undecided."""


@dataclass(frozen=True)
class GdhConfig:
    """Options.

    Attributes:
        features: None trains all networks on pixels; else small ones on these features.
        size: Side of the pictures; a multiple of 4.
        augment: Whether pictures are changed at random.
        width: Channels of the makers; critics have twice as many. On features, 8 times as many in both.
        blocks: Residual blocks of the makers.
        backbone: Of the hash network on pixels, from random weights.
        bits: Of a code.
        cycle_weight: Of each cycle.
        hash_weight: Of the hash terms, as a mean over bits, in what moves the makers.
        training: Steps, batches, optimiser, and how often ties are looked at.

    Raises:
        BadInputError: A size is out of range, or a weight is negative.
    """

    features: FeaturesConfig | None = None
    size: int = 256
    augment: bool = True
    width: int = 32
    blocks: int = 9
    backbone: Literal["resnet18", "small_cnn"] = "resnet18"
    bits: int = 64
    cycle_weight: float = 10.0
    hash_weight: float = 1.0
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(batch_size=8, learning_rate=2e-4, betas=(0.5, 0.999), update_every=50)
    )

    def __post_init__(self) -> None:
        if min(self.size, self.width) < 1 or self.blocks < 0 or self.size % 4:
            raise BadInputError(
                f"makers of width {self.width} with {self.blocks} blocks for pictures of {self.size} pixels.",
                "give width and blocks of 1 or more, and a size that 4 divides.",
            )
        number("cycle_weight", self.cycle_weight)
        number("hash_weight", self.hash_weight)


class GdhNet(nn.Module):
    """Makers and critics by the domain that they make and judge, and the hash network of the first domain."""

    def __init__(self, makers: Mapping[str, nn.Module], critics: Mapping[str, nn.Module], hashed: nn.Module) -> None:
        super().__init__()
        self.makers, self.critics = nn.ModuleDict(makers), nn.ModuleDict(critics)
        self.hash, (self.home, _) = hashed, makers

    def encode(self, modality: str, inputs: Tensor) -> Tensor:
        """(N, …) → (N, bits); what is not at home in the domain of photos migrates first."""
        return self.hash(inputs if modality == self.home else self.makers[self.home](inputs))


class Gdh(HashMethod, EitherMethod):
    """Three parts in turn: makers, critics, hash network."""

    Config = GdhConfig
    config: GdhConfig

    def trunk(self, bands: int) -> nn.Module:
        """The hash network's layers, after a convolution where there are not 3 bands."""
        network = build_network(self.config.backbone, int(torch.randint(2**31, ())))
        without_classifier(network)
        return network if bands == 3 else nn.Sequential(nn.Conv2d(bands, 3, 1), network)

    def network(self, sizes: Sizes) -> GdhNet:
        """Small layers on features, CycleGAN's on pixels."""
        (photo, i), (sketch, o), *_ = sizes.features.items()
        width, blocks, bits = self.config.width, self.config.blocks, self.config.bits
        if self.config.features is not None:
            _, widths = self.lower(sizes, shared=True)
            hashed = nn.Linear(widths[photo], bits)
            makers = {name: FeatureMaker(i, 8 * width) for name in (photo, sketch)}
            return GdhNet(makers, {name: feature_critic(i, 8 * width) for name in makers}, hashed)
        makers = {photo: PictureMaker(o, i, width, blocks), sketch: PictureMaker(i, o, width, blocks)}
        critics = {photo: PictureCritic(i, 2 * width), sketch: PictureCritic(o, 2 * width)}
        trunk = self.trunk(i)
        with torch.no_grad():
            dimension = trunk.eval()(self.blank(sizes, photo)).shape[1]
        return GdhNet(makers, critics, nn.Sequential(trunk, nn.Linear(dimension, bits)))

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, object]) -> None:
        """Makes room for codes."""
        check_bits(self.config.bits, pool)
        super().ready(task, pool, tables)
        self.net.targets = Targets(self, pool, tables, self.config.bits)

    def update(self, step: int) -> None:
        """B = sign(Y D + 10⁻⁵ H), with D of the codes so far; the first are the signs of H less its mean.

        Later only a class whose items are undecided in a bit hears of H, and only then all items go through the
        networks.
        """
        targets = self.net.targets
        codes = {name: targets.codes(name) if step else spread_signs(targets.outputs(name)) for name in targets.names}
        labels = torch.cat([targets.labels[name] for name in codes])
        centres = class_codes(labels, torch.cat(list(codes.values())), self.sizes["classes"])  # (C, bits)
        tied = bool((centres == 0).any())
        for name in targets.names:
            wish = FAINT * targets.outputs(name) if tied else 0.0
            targets.codes(name).copy_(signs(centres[targets.labels[name]] + wish))

    def players(self) -> Mapping[str, Optimised]:
        """Makers, critics and hash network, each with an optimiser."""
        net = self.net
        return {
            "makers": Optimised(net.makers, self.make),
            "critics": Optimised(net.critics, self.judge),
            "hash": Optimised(nn.ModuleDict({"layers": net.hash, "codes": net.targets}), self.loss),
        }

    def make(self, batch: Batch) -> Mapping[str, Tensor]:
        """What is made passes for real, comes back as it was, and is coded as it should be."""
        photo, sketch = self.net.makers
        given = {name: batch[name] for name in (photo, sketch)}
        made = {photo: self.net.makers[photo](given[sketch]), sketch: self.net.makers[sketch](given[photo])}
        back = {photo: self.net.makers[photo](made[sketch]), sketch: self.net.makers[sketch](made[photo])}
        terms = {f"makes {name}": _said(self.net.critics[name](each), 1) for name, each in made.items()}
        for name, each in back.items():
            terms[f"cycle of {name}"] = self.config.cycle_weight * cycle(each.flatten(1), given[name].flatten(1))
        share = self.config.hash_weight / self.config.bits
        return terms | {name: share * each for name, each in self.loss(batch).items()}

    def judge(self, batch: Batch) -> Mapping[str, Tensor]:
        """Critics tell what is real from what is made."""
        photo, sketch = self.net.makers
        with torch.no_grad():
            made = {photo: self.net.makers[photo](batch[sketch]), sketch: self.net.makers[sketch](batch[photo])}
        critics = self.net.critics
        return {
            name: (_said(critics[name](batch[name]), 1) + _said(critics[name](each), 0)) / 2
            for name, each in made.items()
        }

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Both modalities near their codes, and a photo near the migrated sketch of its class."""
        targets = self.net.targets
        outputs = {name: self.net.encode(name, batch[name]) for name in targets.names}  # (N, bits)
        terms = {
            f"code of {name}": latent(each, targets.codes(name)[batch.rows(name)]) for name, each in outputs.items()
        }
        return terms | {"together": latent(*outputs.values())}


def _said(answers: Tensor, wanted: int) -> Tensor:
    """How far a critic's (B, A) answers are from one number."""
    return least_squares_adversarial(answers, torch.full_like(answers, wanted))
