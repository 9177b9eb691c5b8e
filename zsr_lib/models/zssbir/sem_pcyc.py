"""SEM-PCYC: features become class codes and class codes features, in a cycle for each modality; critics judge both.

Dutta and Akata, "Semantically Tied Paired Cycle Consistency for Zero-Shot Sketch-Based Image Retrieval", CVPR 2019;
networks, weights, soft labels and optimisers as the released code has them. No sketch needs a photo
of its own: both cycles meet in the code of the class, which a semantic auto-encoder makes of the class vector, choosing
its inputs by an ℓ2,1 penalty. Its other input, an embedding of WordNet's hierarchy, is not at hand: word vectors only.
Nothing is chosen on unseen classes, as the release does; its ITQ on test sketches is an option of `binary`.

Not stated and chosen: cycles of class codes go through both modalities and weigh as much as those of features; the
optimiser SGD takes Nesterov's momentum here; decoders of the semantic auto-encoder are linear.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss, mse_loss

from zsr_lib.losses.adversarial import least_squares_adversarial
from zsr_lib.losses.classification import cross_modal_classification
from zsr_lib.losses.group_sparsity import l21
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.layers import PerModality, stacked
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.models.zssbir.words import AlignedNet, WithWords, WordsConfig
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.optimised import Optimised


@dataclass(frozen=True)
class SemPcycWeights:
    """Weight of each term of the generators; 0 switches it off.

    Attributes:
        adversarial: Critics take what is made for real.
        cycle: Features and class codes come back as they were, mean absolute error.
        classification: A classifier with random weights, which are never trained, names the class of a code.
        regression: Codes towards the class's own, mean squared error.
    """

    adversarial: float = 1.0
    cycle: float = 10.0
    classification: float = 10.0
    regression: float = 1.0


@dataclass(frozen=True)
class SemPcycConfig(WordsConfig):
    """The options of `WordsConfig`, and more. The release trains up to 1000 epochs of 100 batches.

    Attributes:
        code_size: Size of the class codes.
        dropout: Share of the generators' entries dropped while training.
        noise: Standard deviation of what is added to the critics' inputs.
        sparsity: Weight of the ℓ2,1 penalty.
        losses: Weights of the generators' terms.
        critic_rate: Learning rate of the critics (SGD).
        semantic_rate: Learning rate of the semantic auto-encoder (SGD).
        training: Steps, batches, the generators' optimiser.
    """

    code_size: int = 64
    dropout: float = 0.5
    noise: float = 0.3
    sparsity: float = 0.001
    losses: SemPcycWeights = field(default_factory=SemPcycWeights)
    critic_rate: float = 1e-4
    semantic_rate: float = 1e-2
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(steps=20_000, batch_size=128, learning_rate=1e-4)
    )


class Noise(nn.Module):
    """Normally distributed noise is added to what is trained on."""

    def __init__(self, spread: float) -> None:
        super().__init__()
        self.spread = spread

    def forward(self, inputs: Tensor) -> Tensor:
        """(N, D), changed in training mode only."""
        return inputs + self.spread * torch.randn_like(inputs) if self.training else inputs


class SemPcycNet(AlignedNet):
    """Generators to class codes and back, critics, the semantic auto-encoder, and a classifier that stays as it is."""

    def __init__(self, sizes: Sizes, config: SemPcycConfig) -> None:
        super().__init__(sizes)
        features, code = sizes.features, config.code_size

        def after(width: int) -> Iterator[nn.Module]:
            yield from (nn.BatchNorm1d(width), nn.LeakyReLU(0.2), nn.Dropout(config.dropout))

        def generator(inputs: int, outputs: int) -> nn.Sequential:
            middle = (inputs + outputs) // 2
            return stacked((inputs, middle, middle, outputs), after)

        def judging(width: int) -> Iterator[nn.Module]:
            yield from (nn.BatchNorm1d(width), nn.LeakyReLU(0.2))

        def critic(inputs: int) -> nn.Sequential:
            return nn.Sequential(Noise(config.noise), *stacked((inputs, inputs // 2, inputs // 2, 1), judging))

        self.to_code = PerModality({name: generator(size, code) for name, size in features.items()})
        self.from_code = PerModality({name: generator(code, size) for name, size in features.items()})
        self.critics = PerModality({name: critic(size) for name, size in features.items()})
        self.code_critic = critic(code)
        self.selected = nn.Linear(sizes.semantics, code)
        self.described = nn.Linear(code, sizes.semantics)
        self.classifier = nn.Linear(code, sizes.classes).requires_grad_(False)

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes."""
        return self.to_code(modality, self.scaling(modality, features))

    def class_codes(self, vectors: Tensor) -> Tensor:
        """(N, S) class vectors → (N, K) what features of these classes shall become."""
        return self.selected(vectors).relu()


class SemPcyc(WithWords):
    """Generators, critics and semantic auto-encoder in turn; codes compared by Euclidean distance."""

    Config = SemPcycConfig
    config: SemPcycConfig
    distance = "euclidean"

    def network(self, sizes: Sizes) -> SemPcycNet:
        """Codes of the configured size."""
        return SemPcycNet(sizes, self.config)

    def players(self) -> Mapping[str, Optimised]:
        """Three optimisers, in the release's order."""
        net, training = self.net, replace(self.config.training, optimizer="sgd", schedule="constant")
        generators, critics = nn.ModuleList([net.to_code, net.from_code]), nn.ModuleList([net.critics, net.code_critic])
        critics_by = replace(training, learning_rate=self.config.critic_rate)
        words_by = replace(training, learning_rate=self.config.semantic_rate)
        return {
            "generators": Optimised(generators, self.loss),
            "critics": Optimised(critics, self.critic_loss, critics_by),
            "words": Optimised(nn.ModuleList([net.selected, net.described]), self.word_loss, words_by),
        }

    def made(self, batch: Batch) -> tuple[dict[str, Tensor], Tensor, dict[str, Tensor], dict[str, Tensor]]:
        """Real features, the classes' codes, codes made of features, and features made of the classes' codes."""
        net = self.net
        real = {name: net.scaling(name, batch[name]) for name in net.to_code}  # (N, D)
        with torch.no_grad():
            classes = net.class_codes(self._vectors)[batch.labels]  # (N, K)
        codes = {name: net.to_code(name, each) for name, each in real.items()}
        return real, classes, codes, {name: net.from_code(name, classes) for name in real}

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The generators' four terms."""
        net = self.net
        real, classes, codes, features = self.made(batch)
        return WeightedSum(vars(self.config.losses))(
            adversarial=lambda: (
                sum(self.judged(net.code_critic(each), True) for each in codes.values())
                + sum(self.judged(net.critics(name, each), True) for name, each in features.items())
            ),
            cycle=lambda: sum(
                l1_loss(net.from_code(name, codes[name]), real[name])
                + l1_loss(net.to_code(name, features[name]), classes)
                for name in real
            ),
            classification=lambda: cross_modal_classification(*map(net.classifier, codes.values()), batch.labels),
            regression=lambda: sum(mse_loss(each, classes) for each in codes.values()),
        )

    def critic_loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Real from made: of codes with weight ¼ for each modality, of features with ½."""
        net = self.net
        with torch.no_grad():
            real, classes, codes, features = self.made(batch)
        pairs = {name: (net.critics(name, real[name]), net.critics(name, features[name])) for name in real}
        own = sum(self.judged(yes, True) + self.judged(no, False) for yes, no in pairs.values())
        made = sum(self.judged(net.code_critic(each), False) for each in codes.values())
        return {
            "features": own / 2,
            "codes": (len(codes) * self.judged(net.code_critic(classes), True) + made) / 4,
        }

    def word_loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """Class vectors regenerated from their codes, by few of their own numbers."""
        net, vectors = self.net, self._vectors[batch.labels]
        described = net.described(net.class_codes(vectors))
        return {
            "words": mse_loss(described, vectors),
            "sparsity": self.config.sparsity / len(vectors) * l21(net.selected.weight),
        }

    @staticmethod
    def judged(scores: Tensor, real: bool) -> Tensor:
        """Loss of (N, 1) scores, with targets from U(0.7, 1) where they shall say real, from U(0, 0.3) otherwise."""
        targets = 0.3 * torch.rand_like(scores) + (0.7 if real else 0.0)
        return least_squares_adversarial(scores, targets)
