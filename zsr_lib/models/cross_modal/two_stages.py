"""CMIR-Net's two stages, whatever the inputs are: classifiers of each modality first, then one space for both.

Chaudhuri, Banerjee, Bhattacharya and Datcu, "CMIR-NET: A deep learning based model for cross-modal retrieval in remote
sensing", Pattern Recognition Letters 131, 2020; METHODS.md §3.1. Weights λ of the terms are not stated. The released
program for image and speech has 0.001 and 0.01 for its two reconstructions, 0.001 for the latent term, 1 for the rest;
here the latent term has 0.01 and both reconstructions 0.001. This follows the slides where the two released programs do
otherwise, and there is no legacy system for them: they have no orthogonality; panchromatic–multispectral has no
classification and takes norms of whole batches; image–speech decodes each modality's own features, names a recording's
label by softmax, and drops out half of the second encoder's inputs. Chosen here: the networks of stage one stay as they
are in stage two; one classifier names the class of either code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.data.items import ItemSet
from zsr_lib.data.task import Task
from zsr_lib.errors import BadInputError
from zsr_lib.losses.classification import classification
from zsr_lib.losses.latent import latent
from zsr_lib.losses.multi_label import multi_label
from zsr_lib.losses.norm import code_norm, norm_regulariser
from zsr_lib.losses.orthogonality import soft_orthogonality
from zsr_lib.losses.reconstruction import cross_reconstruction
from zsr_lib.losses.weighted import WeightedSum
from zsr_lib.models.bases.chunks import CHUNK
from zsr_lib.models.bases.pool import Pool
from zsr_lib.models.bases.trained import Batch, Table, TrainedMethod
from zsr_lib.models.cross_modal.two_stages_net import TwoStagesConfig, TwoStagesNet
from zsr_lib.training.config import Run
from zsr_lib.training.history import History
from zsr_lib.training.loop import train
from zsr_lib.training.sampling import PairRows, Shuffled
from zsr_lib.training.tag_pairs import TagPairs


class TwoStages(TrainedMethod):
    """The objective of CMIR-Net; the network's inputs are its base's."""

    Config = TwoStagesConfig
    config: TwoStagesConfig
    net: TwoStagesNet
    distance = "euclidean"
    _fixed: Mapping[str, Tensor]

    @property
    def partners(self) -> bool:
        """Whether a batch holds partner items."""
        return self.config.pairing == "pair"

    @property
    def moves(self) -> bool:
        """Whether an item's inputs change from batch to batch, so that nothing can be computed once for all."""
        return False

    def fit(self, task: Task, run: Run = Run()) -> History:  # noqa: B008
        """Trains stage one, then stage two; afterwards the training items' maps are forgotten.

        Raises:
            BadInputError: As `TrainedMethod.fit`, or there are not two modalities.
        """
        history = super().fit(task, run)
        self._fixed = {}
        return history

    def pool(self, task: Task) -> Pool:
        """Where tags pair, what is told apart are tags: an item of one modality need not have a class of the other."""
        if self.config.pairing != "tag":
            return super().pool(task)
        items = {name: task.training_items("seen", name) for name in task.modalities}
        names = {each.tag_names for each in items.values()}
        if len(names) > 1 or names == {()}:
            raise BadInputError(
                f"{' and '.join(items)} items have no tags in common.", "take data with tags, or another pairing."
            )
        return Pool(names.pop(), items)

    def ready(self, task: Task, pool: Pool, tables: Mapping[str, Table]) -> None:
        """Looks up what classifiers shall name."""
        super().ready(task, pool, tables)
        tagged = self.config.pairing == "tag"
        named = {items.modality: items.tags.astype(np.float64) if tagged else pool.labels(items) for items in pool}
        self._targets = {
            name: torch.from_numpy(each).to(self.device, self.dtype if tagged else torch.int64)
            for name, each in named.items()
        }

    def batches(self, pool: Pool, seed: int) -> Callable[[int], PairRows]:
        """Partners, items of one class, or items with one tag."""
        if self.config.pairing != "tag":
            return super().batches(pool, seed)
        tags = {items.modality: items.tags for items in pool}
        return TagPairs(tags, self.config.training.batch_size, seed, pool.classes)

    def first_stages(self, pool: Pool, tables: Mapping[str, Table], run: Run) -> Mapping[str, History]:
        """Trains a classifier of each modality with features that do not repeat each other, and keeps it as it is."""
        made = {}
        if self.config.stage_one is not None:
            made = {f"{items.modality} alone": self._alone(items, tables[items.modality], run) for items in pool}
        for part in (self.net.stage_one, self.net.heads):
            part.requires_grad_(False)
        self._fixed = {}
        if not self.moves:
            self._fixed = {items.modality: self._of_all(items, tables[items.modality]) for items in pool}
        return made

    @torch.no_grad()
    def _of_all(self, items: ItemSet, table: Table) -> Tensor:
        """(N, …) what stage two starts from, computed once: the networks before it stay as they are."""
        number = torch.zeros(1, dtype=torch.int64)
        parts = torch.arange(len(items)).split(CHUNK)
        return torch.cat([self.net.fixed(items.modality, table.take(rows, number)) for rows in parts])

    def fixed(self, batch: Batch) -> list[Tensor]:
        """(N, …) what stage two starts from, of both modalities."""
        if self._fixed:
            return [self._fixed[name][batch.rows(name)] for name in self.net.encoders]
        return [self.net.fixed(name, batch[name]) for name in self.net.encoders]

    def _alone(self, items: ItemSet, table: Table, run: Run) -> History:
        """Stage one of one modality."""
        name, count, config = items.modality, len(items), self.config.stage_one
        part = nn.ModuleDict({"network": self.net.stage_one[name], "head": self.net.heads[name]})
        order = Shuffled(count, min(config.batch_size, count), run.seed)
        own = replace(config, precision=self.config.training.precision, validate_every=0)

        def draw(number: int) -> tuple[np.ndarray, np.ndarray]:
            return order(number), np.array([number])

        return train(part, draw, self._stage_one_losses(name, table, part), own, run, name=f"{self.name} {name} alone")

    def _stage_one_losses(self, name: str, table: Table, part: nn.ModuleDict) -> Callable[..., Mapping[str, Tensor]]:
        """L_1 of one modality."""
        weighted = WeightedSum({"classification": 1.0, "orthogonality": self.config.orthogonality})

        def losses(batch: tuple[Tensor, Tensor]) -> Mapping[str, Tensor]:
            rows, number = batch
            features = part["network"](table.take(rows, number))  # (B, D)
            return weighted(
                classification=lambda: self.naming(part["head"](features), self._targets[name][rows]),
                orthogonality=lambda: soft_orthogonality(features),
            )

        return losses

    def naming(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy of (N, C) scores: of one class, or of each of (N, C) tags."""
        return (classification if targets.ndim == 1 else multi_label)(logits, targets)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The five terms of stage two."""
        names = tuple(self.net.encoders)
        features = self.fixed(batch)  # (N, D) each
        codes = [self.net.code(name, each) for name, each in zip(names, features, strict=True)]  # (N, K) each
        return self.stage_two(batch, features, codes)

    def stage_two(
        self, batch: Batch, features: Sequence[Tensor], codes: Sequence[Tensor], **more: Callable[[], Tensor]
    ) -> Mapping[str, Tensor]:
        """The terms of two modalities' (N, D) features, which decoders shall find, and (N, K) codes.

        Several codes of each item may follow each other, all first ones first; so do the features then.
        """
        net, (first, second), (x, y), (a, b) = self.net, self.net.encoders, features, codes
        own = [self._targets[name][batch.rows(name)] for name in (first, second)]
        times = len(a) // len(own[0])
        targets = torch.cat([each for each in own for _ in range(times)])
        return WeightedSum(vars(self.config.losses))(
            latent=lambda: latent(a, b),
            classification=lambda: self.naming(net.classifier(torch.cat([a, b])), targets),
            code_norm=lambda: code_norm(a, b),
            reconstruction=lambda: cross_reconstruction(net.decoded(first, a), y, net.decoded(second, b), x),
            norm=lambda: norm_regulariser([each.weight for each in net.encoders.values()], self.config.alpha),
            **more,
        )
