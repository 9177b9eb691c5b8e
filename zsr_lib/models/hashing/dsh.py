"""DSH: codes chosen bit by bit so that they agree within classes, and two networks that follow them.

Liu, Shen, Shen, Liu and Shao, "Deep Sketch Hashing: fast free-hand sketch-based image retrieval", CVPR 2017;
METHODS.md §6.4. On pixels a sketch goes through one tower, a photo through the same tower as lines and through a
second one as it is; the released net joins the two photo streams three times, here once, after the convolutions. Lines
stand for sketch tokens, which need a detector of their own. How often codes move is not stated: before the first step
and then every ``training.update_every`` steps, in `rounds` rounds. λ and γ are METHODS.md's, there from memory; class
vectors get unit length, which is chosen. Chosen, too, are two things without which most bits are the same for all
photos, and the opposite for all sketches: W less its mean (`centred`; as described without), and first codes that are
the signs of outputs less their mean. At these weights labels decide the codes: γ is so small that they hardly hear of
the networks, and λ so small that they hardly hear of class vectors. The second photo stream is another sketch tower
from random weights, where the source has CaffeNet's convolutions on 227 pixels.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from zsr_lib.data.semantics import class_semantics
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.base import number
from zsr_lib.losses.latent import latent
from zsr_lib.models.bases.either import EitherMethod, Towers
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.hashing.bits import HashMethod, check_bits
from zsr_lib.models.hashing.discrete import CodedItems, dictionary, spread_signs, sweep
from zsr_lib.models.hashing.targets import Targets
from zsr_lib.models.sbir.lines import Lines
from zsr_lib.training.config import TrainingConfig


@dataclass(frozen=True)
class DshConfig:
    """Options.

    Attributes:
        features: None trains the towers on pixels; else the upper layers alone on these features.
        size: Side of the pictures.
        augment: Whether pictures are changed at random.
        width: Factor on the towers' channels; 1 is the original.
        hidden: Sizes of the upper layers; on features only the last of them.
        bits: Of a code.
        semantics: Kind of class vectors (`zsr_lib.data.semantics`).
        semantic_weight: λ.
        network_weight: γ.
        rounds: Of dictionary, photo codes and sketch codes each time.
        centred: Take the mean out of W.
        training: Steps, batches, optimiser, and how often codes move.

    Raises:
        BadInputError: A size is not positive, or a weight is negative.
    """

    features: FeaturesConfig | None = None
    size: int = 200
    augment: bool = False
    width: float = 1.0
    hidden: tuple[int, ...] = (4096, 1024)
    bits: int = 64
    semantics: Literal["wordvectors", "attributes", "onehot", "random"] = "wordvectors"
    semantic_weight: float = 0.01
    network_weight: float = 1e-5
    rounds: int = 3
    centred: bool = True
    training: TrainingConfig = field(default_factory=lambda: TrainingConfig(update_every=50))

    def __post_init__(self) -> None:
        if self.width <= 0 or self.rounds < 1 or min(self.hidden, default=0) < 1:
            raise BadInputError(
                "width, rounds and hidden must be positive.", "give width: 1, rounds: 3, hidden: [1024]."
            )
        number("semantic_weight", self.semantic_weight)
        number("network_weight", self.network_weight)


class Streams(nn.Module):
    """Several networks that look at one picture: (B, C, H, W) → (B, W₁ + W₂ + …)."""

    def __init__(self, *streams: nn.Module) -> None:
        super().__init__()
        self.streams = nn.ModuleList(streams)

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        return torch.cat([stream(pictures).flatten(1) for stream in self.streams], dim=1)


class Dsh(HashMethod, EitherMethod):
    """Discrete codes of the training items, and networks that give them."""

    Config = DshConfig
    config: DshConfig

    def trunk(self, bands: int) -> nn.Module:
        """The tower of sketches, and of lines of photos; its first kernel has 14 of 200 pixels, and in proportion."""
        few, some = (max(1, round(self.config.width * each)) for each in (128, 256))
        first = max(3, round(14 * self.config.size / 200))
        sizes = ((bands, max(1, few // 2), first, 3), (few // 2, few, 3, 1), (few, few, 3, 1))
        sizes += ((few, some, 3, 1), (some, some, 3, 1))
        layers = []
        for place, (inputs, outputs, kernel, stride) in enumerate(sizes):
            conv = nn.Conv2d(max(1, inputs), outputs, kernel, stride, padding=0 if place == 0 else 1)
            layers += [conv, nn.BatchNorm2d(outputs), nn.ReLU()]
            layers += [nn.MaxPool2d(3, 2, padding=1)] if place in (0, 2, 4) else []
        return nn.Sequential(*layers)

    def layers(self, sizes: Sizes, shared: bool) -> dict[str, nn.Module]:
        """Lines through one tower for all; what is no sketch goes through a tower of its own, too."""
        lines = self.trunk(1)
        seen = {name: nn.Sequential(Lines(drawn=name == "sketch"), lines) for name in sizes.features}
        return {
            name: each if name == "sketch" else Streams(each, self.trunk(sizes.features[name]))
            for name, each in seen.items()
        }

    def network(self, sizes: Sizes) -> Towers:
        """Upper layers for each modality."""
        lower, widths = self.lower(sizes, shared=False)
        hidden = self.config.hidden if self.config.features is None else self.config.hidden[-1:]
        upper = {}
        for name, width in widths.items():
            pairs = zip((width, *hidden), (*hidden, self.config.bits), strict=True)
            layers = [layer for pair in pairs for layer in (nn.Linear(*pair), nn.ReLU())]
            upper[name] = nn.Sequential(*layers[:-1])
        return Towers(lower, upper)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, object]) -> None:
        """Makes room for codes, and looks up the class vectors."""
        check_bits(self.config.bits, pool)
        super().ready(task, pool, tables)
        vectors = torch.from_numpy(class_semantics(self.config.semantics, pool.classes))
        self._vectors = nn.functional.normalize(vectors.to(self.device, self.dtype), dim=1)  # (C, K)
        self.net.targets = Targets(self, pool, tables, self.config.bits)

    def update(self, step: int) -> None:
        """Moves the codes; the first are the signs of what the networks give, less its mean."""
        targets, weights = self.net.targets, (self.config.semantic_weight, self.config.network_weight)
        both = []
        for name in targets.names:
            outputs, labels = targets.outputs(name), targets.labels[name]
            codes = targets.codes(name) if step else spread_signs(outputs)
            both.append(CodedItems(codes, labels, self._vectors[labels], outputs))
        one, two = both
        for _ in range(self.config.rounds):
            words = dictionary(one, two)
            one = sweep(one, two, words, *weights, self.config.centred)
            two = sweep(two, one, words, *weights, self.config.centred)
        for name, items in zip(targets.names, (one, two), strict=True):
            targets.codes(name).copy_(items.codes)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Each network's squared distance to the codes of its items; γ is left to the learning rate."""
        targets = self.net.targets
        return {
            name: latent(self.net.encode(name, batch[name]), targets.codes(name)[batch.rows(name)])
            for name in targets.names
        }
