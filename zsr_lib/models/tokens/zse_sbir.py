"""ZSE-SBIR: patches of a sketch meet patches of a photo in cross-attention, and a relation head scores the pair.

Source: Lin et al., "Zero-Shot Everything Sketch-Based Image Retrieval, and in Explainable Style", CVPR 2023, as
METHODS.md §4.4 and §4.7 describe it. Two ways to retrieve: ``sa`` compares CLS tokens of the trunk, which are the
codes here; ``rn`` scores every pair by the relation head, which is ``retrieval.rerank`` with the whole gallery, or
with fewer a second stage.

What the sources do not state, or we do otherwise: the negative pair takes the same sketch (they draw another of its
class), and a batch every class equally often; bands are standardised with the training items' mean and spread instead
of 0.5 and 0.5; the trunk starts from torchvision's weights or at random (CLS 0, places uniform in ±0.03), not from a
SAM-optimised checkpoint; its norms have ε = 1e-6 as torchvision's (1e-5 in the release); cross-attention drops
nothing of its weights (0.1 there), and its maps are drawn apart (copies of one there); the relation head convolves a
map (the release reshapes tokens into one without transposing them). `relate` lets a sketch meet the candidate itself,
while the triplet's far distance is from the sketch that met the *positive* photo (`met: candidate` asks for the other).
`pretraining` and `view` are ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from torch import Tensor

from zsr_lib.configs import added
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.on_pixels import PictureTable, TokenMethod
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Batch, Sizes, Table
from zsr_lib.models.tokens.cross import CrossAttention, CrossConfig
from zsr_lib.models.tokens.gradients import ORIENTATIONS, oriented_gradients
from zsr_lib.models.tokens.ink import cropped_to_ink
from zsr_lib.models.tokens.net import Met, Second, TokenNet
from zsr_lib.models.tokens.pretraining import PretrainingConfig, pretrain
from zsr_lib.models.tokens.relation import Relation
from zsr_lib.models.tokens.trunk import Trunk, TrunkConfig
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.history import History
from zsr_lib.training.sampling import ClassPairs


@dataclass(frozen=True)
class TokenLosses:
    """Weights of the loss terms."""

    triplet: float = 2.0
    relation: float = 4.0


def check_head(second: Second, losses: TokenLosses) -> None:
    """Makes sure that there is a relation head where one is to score.

    Raises:
        BadInputError: There is none.
    """
    if second == "relation" and not losses.relation:
        raise BadInputError(
            "pairs are to be scored by a relation head, but none is trained.",
            "set second: cross, or give losses.relation a weight.",
        )


@dataclass(frozen=True)
class ZseSbirConfig:
    """Options; the defaults are the published ones.

    Attributes:
        size: Side of the input in pixels.
        augment: Whether pictures are changed at random; the source does not.
        crop: Whether sketches are cut to their ink.
        levels: Whether convolutions make tokens, too, as in both releases.
        trunk: Size and weights of the vision transformer, and how many of its tokens each layer keeps.
        cross: The cross-attention.
        reduced: Numbers of a token before the relation head compares it.
        second: How pairs are scored.
        blend: Weight of the codes' cosine in a pair's score; our addition.
        losses: Weights of the terms; without a relation term there is no relation head.
        margin: Of the triplet.
        training: Steps, batches, optimiser; 30 passes over 10 000 pairs.
        met: Which photo a sketch has met before its distance from another is measured; see `Met`.
        pretraining: A stage before training in which the trunk learns to tell the seen classes apart; None has none.
        view: What the trunk sees of a picture: its bands, or how strong its gradients are in eight orientations
            (`zsr_lib.models.tokens.gradients`), at half its side; then a patch has `trunk.patch` of these.

    Raises:
        BadInputError: Pairs are to be scored by a relation head that is not trained.
    """

    size: int = 224
    augment: bool = False
    crop: bool = True
    levels: bool = True
    trunk: TrunkConfig = field(default_factory=TrunkConfig)
    cross: CrossConfig = field(default_factory=CrossConfig)
    reduced: int = 512
    second: Second = "relation"
    blend: float = 0.0
    losses: TokenLosses = field(default_factory=TokenLosses)
    margin: float = 1.0
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=20_000, batch_size=15, optimizer="adamw", learning_rate=1e-5, weight_decay=1e-2
        )
    )
    met: Met = added("positive")  # noqa: RUF009 - a field
    pretraining: PretrainingConfig | None = added(None)  # noqa: RUF009 - a field
    view: Literal["colours", "gradients"] = added("colours")

    def __post_init__(self) -> None:
        check_head(self.second, self.losses)


class ZseSbir(TokenMethod):
    """One trunk for both modalities; codes are its CLS tokens."""

    Config = ZseSbirConfig
    config: ZseSbirConfig
    distance = "cosine"
    reranks = ("sketch→photo",)  # the branches of its cross-attention know which is which
    loses_output = False
    """As `zsr_lib.models.tokens.attention.Layer` says."""

    def network(self, sizes: Sizes) -> TokenNet:
        """Trunk, cross-attention and, where it is trained, the relation head.

        Raises:
            BadInputError: Modalities differ in bands: they share one trunk.
        """
        config, bands = self.config, set(sizes.features.values())
        if len(bands) > 1:
            told = ", ".join(f"{name} {count}" for name, count in sizes.features.items())
            raise BadInputError(
                f"one trunk cannot take pictures of {told} bands.", "give all modalities the same bands."
            )
        seen = (config.size // 2, ORIENTATIONS) if config.view == "gradients" else (config.size, bands.pop())
        trunk = Trunk(config.trunk, *seen, config.levels, self.loses_output)
        width, whole = config.trunk.width, trunk.count == trunk.grid**2
        dropout = config.trunk.dropout
        head = Relation(trunk.count, width, config.reduced, whole, dropout) if config.losses.relation else None
        return TokenNet(trunk, CrossAttention(width, config.cross), head, config.second, config.blend)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, PictureTable]) -> None:
        """Measures the bands and loads the trunk's weights."""
        super().ready(task, pool, tables)
        if pretraining := self.net.trunk.load_pretrained():
            self.sizes |= {"pretraining": pretraining}

    def first_stages(self, pool: Pool, tables: Mapping[str, Table], run: Run) -> Mapping[str, History]:
        """Pretrains the trunk where the options ask for it."""
        if (options := self.config.pretraining) is None:
            return {}
        self.record("pretraining", pool.classes)
        own = replace(options.training, precision=self.config.training.precision, validate_every=0)
        draw = ClassPairs({items.modality: pool.labels(items) for items in pool}, own.batch_size, run.seed)
        shape = (self.config.trunk.width, len(pool.classes))
        return {"pretraining": pretrain(self.net.trunk, shape, draw, tables, replace(options, training=own), run)}

    def build(self, pretraining: Mapping[str, Any] | None = None, **sizes: Any) -> None:
        """Makes the network; what its trunk was pretrained on is only kept for `about`."""
        super().build(**sizes)

    def prepared(self, modality: str, images: Tensor) -> Tensor:
        """(B, C, side, side), or eight orientations at half the side; sketches are cut to their ink first."""
        cut = modality == "sketch" and self.config.crop
        images = super().prepared(modality, cropped_to_ink(images.to(self.dtype)) if cut else images)
        return oriented_gradients(images) if self.config.view == "gradients" else images

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """A sketch, a photo of its class and one of another class."""
        three = batch["sketch"], batch["photo"], batch.other("photo")
        terms = self.net.terms(*three, self.config.margin, self.config.met)
        return WeightedSum(vars(self.config.losses))(**terms)
