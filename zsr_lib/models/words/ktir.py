"""KTIR: a sentence finds photos, and brings along what common knowledge says of its nouns.

Source: "Knowledge-aware text-image retrieval for remote sensing images", arXiv 2405.03373, as METHODS.md §7.2 describes
it: nouns of a caption are looked up in a graph, triples become sentences, caption and knowledge are encoded together; a
vision transformer and a layer stand on the other side. What is here: frozen features of both (any backbone, any
description of sentences) and one trained layer a modality, in one space.

Not stated in what is at hand, and chosen: how many triples a noun brings (three), their wording, the loss and its
temperature. The graph is small and of our own making (`zsr_lib.data.words.graph`), neither ConceptNet nor the source's
graph of remote sensing. The loss is InfoNCE in the form of `supervised_contrastive`: what belongs to a photo are its
sentences in the batch; other photos and other sentences push away, sentences that happen to be equal, too. Where a task
has sketches, they get a layer as well, and come near photos of their class; and where a query is a sketch and a
sentence at once (`zsr_lib.data.words.asks`), its code is a weighted mean of the two: our additions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.data.words.asks import ASK
from zsr_lib.data.words.graph import with_knowledge
from zsr_lib.errors import BadInputError
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.losses.supervised_contrastive import supervised_contrastive
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.heads import HeadMethod
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.scaling import Scaling
from zsr_lib.models.bases.trained import Batch, Sizes
from zsr_lib.rng import rng
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.sampling import PairRows, PartnerRows
from zsr_lib.training.sources import FeatureTable

STREAM = 19
"""Of the draws of sketches."""


@dataclass(frozen=True)
class KtirLosses:
    """Weights: a photo and its sentences; a photo and sketches of its class, where there are any."""

    pairs: float = 1.0
    sketches: float = 1.0


@dataclass(frozen=True)
class KtirConfig:
    """Options.

    Attributes:
        features: Backbone, weights, input size; `features.by.text` says what describes sentences.
        triples: Most triples that a noun brings along; 0 leaves sentences as they are.
        code_size: Numbers of a code.
        temperature: τ of the loss.
        word: Weight of the sentence where a sketch asks, too, from 0 (the sketch alone) to 1 (the sentence alone).
        losses: Weights of the terms.
        training: Steps, batches, optimiser.

    Raises:
        BadInputError: `word` is no share.
    """

    features: FeaturesConfig = field(default_factory=lambda: FeaturesConfig(by={"text": FeaturesConfig("words")}))
    triples: int = 3
    code_size: int = 256
    temperature: float = 0.1
    word: float = 0.5
    losses: KtirLosses = field(default_factory=KtirLosses)
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=200, batch_size=128, optimizer="adamw", learning_rate=1e-3, weight_decay=0.01
        )
    )

    def __post_init__(self) -> None:
        if not 0 <= self.word <= 1:
            raise BadInputError(f"the sentence has a weight of {self.word}.", "give word between 0 and 1.")


class Layers(nn.Module):
    """A layer for each modality, on standardised features."""

    def __init__(self, sizes: Sizes, code_size: int) -> None:
        super().__init__()
        made = {name: (Scaling(size, floor=1e-3), nn.Linear(size, code_size)) for name, size in sizes.features.items()}
        self.layers = nn.ModuleDict({name: nn.Sequential(*each) for name, each in made.items()})

    def encode(self, modality: str, features: Tensor) -> Tensor:
        """(N, D) features → (N, K) codes.

        Raises:
            BadInputError: No such modality was trained on.
        """
        if modality not in self.layers:
            raise BadInputError(f"there is no encoder for modality '{modality}'.", f"use {' or '.join(self.layers)}.")
        return self.layers[modality](features)


class WithSketches:
    """Pair after pair of photo and sentence, with a sketch of each pair's class.

    Args:
        pairs: Of the first two modalities.
        labels: (N,) classes of the sketches.
        seed: Of their draws.
    """

    def __init__(self, pairs: PartnerRows, labels: np.ndarray, seed: int) -> None:
        self.pairs, self.seed = pairs, seed
        self.rows = {label: np.flatnonzero(labels == label) for label in np.unique(labels).tolist()}

    def __call__(self, number: int) -> PairRows:
        """Batch `number`."""
        drawn, dice = self.pairs(number), rng(self.seed, number, STREAM)
        rows = np.array([dice.choice(self.rows[label]) for label in drawn.labels.tolist()])
        own, other = drawn.own | {"sketch": rows}, drawn.other | {"sketch": np.roll(rows, 1)}
        return drawn._replace(own=own, other=other)


class Ktir(HeadMethod):
    """One space for photos, sentences and, where there are any, sketches."""

    Config = KtirConfig
    config: KtirConfig
    distance = "cosine"
    partners = True

    def network(self, sizes: Sizes) -> Layers:
        """A layer each."""
        return Layers(sizes, self.config.code_size)

    def features_of(self, items: ItemSet, progress: bool = False) -> np.ndarray:
        """(N, D) features; sentences are described together with what is known of their nouns."""
        if items.modality == "text" and items.sentences is not None:
            known = with_knowledge(items.sentences, self.config.triples)
            items = replace(items, sentences=known, features=None, feature_key="")
        return super().features_of(items, progress)

    def pool(self, task: Task) -> Pool:
        """Photos, sentences and sketches of the seen classes; composed queries are for the test."""
        kept = [name for name in task.dataset.items if name != ASK]
        return super().pool(replace(task, dataset=task.dataset.only(kept)))

    def embed(self, items: ItemSet) -> np.ndarray:
        """(N, K) float32 codes; of a composed query (1 − w) sketch + w sentence, both of unit length.

        Raises:
            BadInputError: Not fitted, or not for these items.
        """
        if items.modality != ASK:
            return super().embed(items)
        parts = [super(Ktir, self).embed(replace(items, modality=name)) for name in ("sketch", "text")]
        sketch, text = (each / np.maximum(np.linalg.norm(each, axis=1, keepdims=True), 1e-12) for each in parts)
        return ((1 - self.config.word) * sketch + self.config.word * text).astype(np.float32)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, FeatureTable]) -> None:
        """Measures the features of the seen classes."""
        for name, table in tables.items():
            self.net.layers[name][0].measure(table.features)

    def batches(self, pool: Pool, seed: int) -> PartnerRows | WithSketches:
        """Pair after pair.

        Raises:
            BadInputError: No sentence names its photo, or there are too few pairs.
        """
        pairs = super().batches(pool, seed)
        sketches = pool.items.get("sketch")
        return pairs if sketches is None else WithSketches(pairs, pool.labels(sketches), seed)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """InfoNCE of photos with their sentences, and with sketches of their class."""
        photos = self.net.encode("photo", batch["photo"])

        def near(modality: str, labels: Tensor) -> Tensor:
            """Photos and another modality's items of one class come together."""
            codes = torch.cat([photos, self.net.encode(modality, batch[modality])])
            which = torch.arange(2, device=codes.device).repeat_interleave(len(photos))
            return supervised_contrastive(codes, labels.repeat(2), which, self.config.temperature, True)

        terms = {"pairs": lambda: near("text", batch.rows("photo"))}
        if "sketch" in self.sizes["features"]:
            terms["sketches"] = lambda: near("sketch", batch.labels)
        return WeightedSum({name: vars(self.config.losses)[name] for name in terms})(**terms)
