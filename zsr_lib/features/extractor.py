"""Extractors: item sets in, features out; computed once, then taken from the cache."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from zsr_lib import settings
from zsr_lib.data.items import GIVEN, ItemSet
from zsr_lib.data.registry import Dataset
from zsr_lib.errors import BadInputError
from zsr_lib.features.architectures import NOT_PICTURES, TRAINING_FREE
from zsr_lib.features.backbones import Backbone, make_backbone
from zsr_lib.features.cache import FeatureCache, cache_is_off, check_finite, digests_of, digests_of_texts
from zsr_lib.features.clip_text import clip_text
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.hog import hog_features, pixel_features
from zsr_lib.features.network import Network
from zsr_lib.features.preprocess import check_colours, resized
from zsr_lib.features.sentences import WORDS, hashed_words, sentence_encoder
from zsr_lib.features.symmetries import averaged
from zsr_lib.features.weights import checksum
from zsr_lib.progress import progress_bar

FORMAT = 1
"""Raised when the same weights and options give other features than before."""


@dataclass(frozen=True, eq=False)
class Extractor:
    """Turns items into features.

    Attributes:
        name: The backbone's name.
        key: 64 hexadecimal digits: the weights, the architecture, the preprocessing and the averaging.
        dimension: D.
        classes: What its training has seen: () nothing, None when nobody knows.
        describe: (N, H, W, 3) uint8 → (N, D) float32; rows do not depend on each other.
        batch: Images that are described at a time.
        place: What may move the last digits without being in the key (the device); keeps caches apart. '' is not
            cached.
        payload: What of the items is described: ``pixels``, ``sentences``, or ``features`` that they bring along.
    """

    name: str
    key: str
    dimension: int
    classes: tuple[str, ...] | None = field(repr=False)
    describe: Callable[[np.ndarray], np.ndarray] = field(repr=False)
    batch: int = 64
    place: str = "cpu"
    payload: str = "pixels"

    def __call__(self, items: ItemSet, progress: bool = False) -> np.ndarray:
        """Features of N items: their own if this extractor made them, else from the cache, else computed.

        Returns:
            (N, D) float32.

        Raises:
            BadInputError: Items have neither pixels nor features of this extractor, or a feature is not finite.
            ZsrError: The disk is full, or the cache cannot be written.
        """
        if items.features is not None and items.feature_key == self.key:
            return items.features
        if not len(items):
            return np.empty((0, self.dimension), dtype=np.float32)
        self._check(items)
        with progress_bar(show=progress, total=len(items), desc=f"features ({self.name})", unit=" images") as bar:
            return self._computed(items, bar.update)

    def attach(self, items: ItemSet, progress: bool = False) -> ItemSet:
        """The same items with features of this extractor.

        Raises:
            BadInputError: As when the extractor is called.
        """
        return replace(items, features=self(items, progress), feature_key=self.key)

    def _check(self, items: ItemSet) -> None:
        if getattr(items, self.payload) is None:
            raise BadInputError(
                f"these {len(items)} {items.modality} items have no {self.payload} and no features of '{self.name}'"
                + (" but of another extractor." if items.features is not None else "."),
                f"load the items with their {self.payload}, or use the extractor that made their features; for one "
                "modality alone: features.by.",
            )
        if self.payload == "pixels":
            check_colours(items, self.name)

    def _computed(self, items: ItemSet, advance: Callable[[int], object]) -> np.ndarray:
        if not self.place or cache_is_off():
            return self._described(items, np.arange(len(items)), advance)
        cache = FeatureCache(settings.cache_root() / "features" / f"{self.key[:32]}-{self.place}", self.dimension)
        digests = (digests_of_texts if self.payload == "sentences" else digests_of)(getattr(items, self.payload))
        return cache.completed(digests, lambda rows: self._described(items, rows, advance), advance)

    def _described(self, items: ItemSet, rows: np.ndarray, advance: Callable[[int], object]) -> np.ndarray:
        made = []
        for start in range(0, len(rows), self.batch):
            chosen = rows[start : start + self.batch]
            made.append(self.describe(getattr(items, self.payload)[chosen]))
            check_finite(made[-1], items.ids[chosen], self.name)
            advance(len(chosen))
        return np.concatenate(made)


def make_extractor(config: FeaturesConfig, device: str = "cpu") -> Extractor:
    """The extractor that a configuration describes.

    Args:
        config: Backbone, weights, input size.
        device: Where networks run: ``cpu``, ``cuda``, ``cuda:1``.

    Raises:
        ZsrError: As `zsr_lib.features.backbones.make_backbone`.
    """
    if config.backbone in TRAINING_FREE:
        return _training_free(config)
    if config.backbone in _ENCODERS:
        return _sentence_extractor(config)
    if config.backbone in NOT_PICTURES:
        return _WITHOUT_PICTURES[config.backbone]
    files = [*settings.weight_files(), *filter(Path.is_file, [Path(config.weights)])]
    return _network_extractor(config, device, tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=2)
def _network_extractor(config: FeaturesConfig, device: str, files: tuple[tuple[Path, int], ...]) -> Extractor:
    """Reading weights and their checksum takes longer than most fits; systems on one network share it."""
    return extractor_of(make_backbone(config), config.rotations, device)


def extractor_of(backbone: Backbone, rotations: int = 1, device: str = "cpu") -> Extractor:
    """An extractor around a backbone, for example a fine-tuned one."""
    network = Network(backbone, rotations, device)
    wide = {"precision": "float64"} if backbone.wide else {}
    # Of one block, the weights alone tell how many there are.
    blocks = {"blocks": backbone.config.until} if isinstance(backbone.config.until, tuple) else {}
    key = _key(
        backbone=backbone.name,
        weights=checksum(backbone.module),
        side=backbone.preprocess.side,
        resized=backbone.preprocess.resized,
        rotations=rotations,
        **wide,
        **blocks,
    )
    return Extractor(
        backbone.name, key, backbone.dimension, backbone.classes, network, network.batch, device.partition(":")[0]
    )


def attach_dataset(dataset: Dataset, extractor: Extractor, progress: bool = False) -> Dataset:
    """The same data set; items of every modality with features.

    Raises:
        BadInputError: As when the extractor is called.
    """
    items = {modality: extractor.attach(each, progress) for modality, each in dataset.items.items()}
    return replace(dataset, items=items)


def _training_free(config: FeaturesConfig) -> Extractor:
    name, side = config.backbone, config.side
    if config.weights != "none":
        raise BadInputError(f"'{name}' has no weights.", "leave features.weights out.")
    if config.precision is not None or config.until is not None:
        raise BadInputError(f"'{name}' is no network.", "leave features.precision and features.until out.")
    formula = pixel_features if name == "pixels" else hog_features
    dimension = formula(np.zeros((1, side, side, 3), np.uint8)).shape[1]
    # Pixels take longer to look up than to compute.
    place = "" if name == "pixels" else "cpu"
    key = _key(backbone=name, side=side, rotations=config.rotations)

    def describe(images: np.ndarray) -> np.ndarray:
        return averaged(formula, resized(images, side), config.rotations)

    return Extractor(name, key, dimension, (), describe, place=place)


def _sentence_extractor(config: FeaturesConfig) -> Extractor:
    encoder = _ENCODERS[config.backbone](config.weights)
    key = _key(sentences=encoder.key)
    return Extractor(config.backbone, key, encoder.dimension, None, encoder, payload="sentences")


def _key(**parts: object) -> str:
    return hashlib.sha256(json.dumps({"format": FORMAT, **parts}, sort_keys=True).encode()).hexdigest()


_ENCODERS = {"sentence_encoder": sentence_encoder, "open_clip": clip_text}
_WITHOUT_PICTURES = {
    "words": Extractor("words", _key(words=WORDS), WORDS, (), hashed_words, place="", payload="sentences"),
    "given": Extractor("given", GIVEN, 0, None, partial(np.asarray, dtype=np.float32), place="", payload="features"),
}
