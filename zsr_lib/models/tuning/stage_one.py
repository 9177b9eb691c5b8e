"""Stage one of systems on features: the backbone as a classifier of the seen classes."""

from zsr_lib.data.groups import GROUPS
from zsr_lib.data.items import ItemSet, joined
from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import TrainedPart
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.features.finetune import fine_tuned
from zsr_lib.features.finetune_config import FinetuneConfig
from zsr_lib.models.tuning.tune import SHARED, Tuned
from zsr_lib.training.config import Run


def stage_one(features: FeaturesConfig, config: FinetuneConfig, task: Task, run: Run) -> Tuned:
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
    part = TrainedPart("fine-tuned backbone", classes, tuple(leaked))
    tails = {name: tail for name, (tail, _) in tuned.items()}
    return Tuned(tails, part, {name: history for name, (_, history) in tuned.items()})


def _photos(task: Task, config: FinetuneConfig) -> ItemSet:
    groups = ("seen",) if config.classes == "seen" else GROUPS
    return joined(*(task.photos(group) for group in groups))


def _sketches(task: Task, config: FinetuneConfig) -> ItemSet:
    """Training sketches; with the leak, the test sketches too."""
    if config.classes == "seen":
        return task.training_sketches("seen")
    held = [task.training_sketches("validation")] if task.validation else []
    return joined(task.training_sketches("seen"), *held, task.sketches("unseen"))
