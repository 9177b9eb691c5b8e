"""Stage one of systems on features: backbones fine-tuned on a task, and what the leak audit must know about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from zsr_lib.data.groups import GROUPS
from zsr_lib.data.items import ItemSet, joined
from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.backbones import Backbone, make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.extractor import Extractor, extractor_of
from zsr_lib.features.finetune import fine_tuned
from zsr_lib.features.finetune_config import FinetuneConfig
from zsr_lib.features.tail import Tail, with_tail
from zsr_lib.training.config import Run
from zsr_lib.training.history import History

PREFIX, SHARED = "finetuned", "shared"


@dataclass(frozen=True, eq=False)
class StageOne:
    """Fine-tuned backbones.

    Attributes:
        backbone: As it was before.
        config: How it was tuned.
        tails: Modality, or ``shared`` → trained blocks.
        classes: What they were trained on.
        unseen_items: Ids of training items of unseen classes: of a leak.
    """

    backbone: Backbone
    config: FinetuneConfig
    tails: Mapping[str, Tail]
    classes: tuple[str, ...]
    unseen_items: tuple[str, ...] = ()

    def extractor(self, modality: str, rotations: int, device: str) -> Extractor:
        """Features of the tuned backbone of one modality."""
        tail = self.tails[SHARED if self.config.shared else modality]
        return extractor_of(with_tail(self.backbone, self.config.block, tail), rotations, device)

    def part(self) -> TrainedPart:
        """For the leak audit."""
        return TrainedPart("fine-tuned backbone", self.classes, self.unseen_items)

    def state(self) -> dict[str, Tensor]:
        """The trained blocks."""
        named = ((name, tail.state_dict().items()) for name, tail in self.tails.items())
        return {f"{PREFIX}.{name}.{key}": value for name, state in named for key, value in state}

    def about(self) -> dict[str, Any]:
        """What `restored` needs beside the tensors."""
        return {"tails": list(self.tails), "classes": list(self.classes), "unseen_items": list(self.unseen_items)}

    @classmethod
    def restored(
        cls, features: FeaturesConfig, config: FinetuneConfig, state: Mapping[str, Tensor], about: Mapping[str, Any]
    ) -> "StageOne":
        """From what `state` and `about` gave."""
        backbone, tails = make_backbone(features), {}
        for name in about["tails"]:
            start = f"{PREFIX}.{name}."
            own = {key.removeprefix(start): value for key, value in state.items() if key.startswith(start)}
            tails[name] = Tail(backbone, config.block).eval()
            tails[name].load_state_dict(own)
        return cls(backbone, config, tails, tuple(about["classes"]), tuple(about["unseen_items"]))


def stage_one(
    features: FeaturesConfig, config: FinetuneConfig, task: Task, run: Run
) -> tuple[StageOne, dict[str, History]]:
    """Fine-tunes on a task's seen classes; on all of them if the configuration asks for the released code's leak.

    Raises:
        BadInputError: A class has no training sketches, items have no pixels, or a batch is larger than the data.
        TrainingError: The loss is not finite.
    """
    photos, sketches = _photos(task, config), _sketches(task, config)
    groups = {SHARED: [photos, sketches]} if config.shared else {"photo": [photos], "sketch": [sketches]}
    backbone = make_backbone(features)
    tuned = {name: fine_tuned(backbone, config, parts, run, f"fine-tuning-{name}") for name, parts in groups.items()}
    classes = task.seen if config.classes == "seen" else (*task.seen, *task.validation, *task.unseen)
    leaked = [each for items in (photos, sketches) for each in items.of_classes(task.unseen).ids.tolist()]
    tails = {name: tail for name, (tail, _) in tuned.items()}
    return StageOne(backbone, config, tails, classes, tuple(leaked)), {name: each for name, (_, each) in tuned.items()}


def _photos(task: Task, config: FinetuneConfig) -> ItemSet:
    groups = ("seen",) if config.classes == "seen" else GROUPS
    return joined(*(task.photos(group) for group in groups))


def _sketches(task: Task, config: FinetuneConfig) -> ItemSet:
    """Training sketches; with the leak, the test sketches too."""
    if config.classes == "seen":
        return task.training_sketches("seen")
    held = [task.training_sketches("validation")] if task.validation else []
    return joined(task.training_sketches("seen"), *held, task.sketches("unseen"))
