"""Which items of a task and its auxiliary data sets make the domains that a backbone is fine-tuned on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zsr_lib.data.auxiliary import same_classes
from zsr_lib.data.items import ItemSet
from zsr_lib.data.names import class_key
from zsr_lib.data.task import Task
from zsr_lib.errors import UnknownNameError
from zsr_lib.features.backbones import Backbone
from zsr_lib.features.maps import Maps, trunk_maps
from zsr_lib.features.symmetries import AVERAGED
from zsr_lib.features.views import Changed, Turns, Views
from zsr_lib.models.tuning.domains import Domain
from zsr_lib.models.tuning.tail_config import TailConfig
from zsr_lib.training.augment import SketchAugmentation
from zsr_lib.training.config import Run

OWN = "own"
TURNS = {"all": AVERAGED[8], "mirror": AVERAGED[2]}


@dataclass(frozen=True, eq=False)
class Source:
    """Items of one domain before they go through the trunk; attributes as in `Domain`."""

    group: str
    items: ItemSet
    views: Views
    per_class: int

    def maps(self, backbone: Backbone, block: int, run: Run) -> Maps:
        """What the lower half of `backbone` makes of them."""
        return trunk_maps(backbone, block, self.items, self.views, run.device, run.progress)

    def domain(self, maps: Maps, numbers: Mapping[str, int]) -> Domain:
        """The domain, with class numbers that mean the same in all domains."""
        by_label = np.array([numbers.get(class_key(name), -1) for name in self.items.classes])
        name = f"{self.group} {self.items.modality}"
        return Domain(name, self.group, maps.values, by_label[self.items.labels], self.per_class, self.items.modality)


def sources_of(task: Task, config: TailConfig) -> Iterator[Source]:
    """Photos, machine drawings and hands of the seen classes; photos and hands of each auxiliary data set.

    Kinds of which nothing is left are passed over.

    Raises:
        UnknownNameError: A class to keep apart is none of the task's data set, or one to leave out none of the
            auxiliary ones; names the nearest.
    """
    apart = _matching(config.apart, task.dataset.classes, "class in tail.apart")
    others = [name for other in task.auxiliary for name in (*other.classes, *other.left_out)]
    left_out = _matching(config.leave_out, others, "class in tail.leave_out") if others else ()
    return (source for source in _all(task, config, apart, left_out) if len(source.items))


def _all(task: Task, config: TailConfig, apart: Sequence[str], left_out: Sequence[str]) -> Iterator[Source]:
    own = [name for name in task.seen if name not in apart]
    another_hand = Changed(4, SketchAugmentation(angle=15, scale=0.25, patches=0))
    yield Source(OWN, task.photos("seen").of_classes(own), Turns(TURNS[config.own_turns]), config.own_items)
    if task.machine is not None:
        yield Source(OWN, task.machine_sketches("seen").of_classes(own), Turns((0, 5)), config.own_items)
    if task.dataset.sketches is not None:
        yield Source(OWN, task.sketches("seen").of_classes(own), another_hand, config.own_items)
    for other in task.auxiliary:
        kept = [name for name in other.classes if name not in left_out]
        yield Source(other.name, other.photos.of_classes(kept), Turns(TURNS["mirror"]), config.auxiliary_items)
        if other.sketches is not None:
            yield Source(other.name, other.sketches.of_classes(kept), another_hand, config.auxiliary_items)


def _matching(names: Sequence[str], known: Sequence[str], kind: str) -> tuple[str, ...]:
    """Those of the classes `known` that are meant by `names`, in whatever spelling."""
    for name in names:
        if not same_classes([name], known):
            raise UnknownNameError(kind, name, known)
    return same_classes(known, names)


def class_numbers(sources: Sequence[Source]) -> dict[str, int]:
    """Class key → number; one class in two data sets has one number."""
    keys = (class_key(name) for source in sources for name in source.items.class_names.tolist())
    return {key: number for number, key in enumerate(dict.fromkeys(keys))}
