"""What a run is asked before its numbers may exist: what was it fitted on, and do its codes stand alone?"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import LABELS, TrainedPart, audit, check_declared
from zsr_lib.experiments.afresh import check_afresh
from zsr_lib.experiments.config import Experiment
from zsr_lib.experiments.guarding import guarded
from zsr_lib.experiments.probes import PairByPair, check_codes_alone
from zsr_lib.experiments.scoring import Scored, embedded, items_to_score, score_sides
from zsr_lib.experiments.watching import Watch
from zsr_lib.models.method import Method
from zsr_lib.models.saving import load, save


def audited(method: Method, task: Task, watch: Watch) -> dict[str, Any]:
    """The verdict for the record: what the system declares (``parts``) beside what it looked at (``observed``).

    Raises:
        LeakError: As `audit` and `check_declared` say, or an attempt in `fit` was swallowed there.
    """
    if watch.attempts:
        raise watch.attempts[0]
    verdict = verdict_of(method, task, watch.observed())
    check_declared(method.trained_parts(), watch.observed())
    return verdict | {"observed": watch.as_plain()}


def verdict_of(method: Method, task: Task, looked: Iterable[TrainedPart] = ()) -> dict[str, Any]:
    """The audit of what a fitted system declares, and of a split by items what it was seen to look at.

    Args:
        method: The system.
        task: That it was fitted on.
        looked: What it looked at, which counts where items are divided.

    Raises:
        LeakError: As `audit` says.
    """
    parts = method.trained_parts()
    if method.state_dict() and not parts:
        parts = (TrainedPart(type(method).__name__, None),)  # trained, but does not say on what
    unseen = [task.items("unseen", modality) for modality in task.dataset.items]
    items = [each for held in unseen for each in (*held.ids.tolist(), *held.full_ids)]
    # Where items are divided, all classes are seen: what counts is which items were looked at.
    observed, classes = ((), task.unseen) if task.division is None else (looked, ())
    verdict = audit((*parts, *observed), classes, items, legacy=method.legacy)
    return {
        "label": verdict.label,
        "leaks": [str(leak) for leak in verdict.leaks],
        "parts": [
            {
                "name": part.name,
                "classes": None if part.classes is None else list(part.classes),
                "items": len(part.items),
            }
            for part in parts
        ],
    }


def scored_as_saved(
    experiment: Experiment,
    method: Method,
    task: Task,
    verdict: dict[str, Any],
    folder: Path,
    device: str,
    strict: bool = False,
) -> dict[str, Scored]:
    """Scores the system as it is saved to `folder` and loaded again, not as `fit` left it.

    The verdict is amended where codes depend on the items beside them. Where it is `strict`, a fresh process must come
    to the same codes; of a transductive system it cannot.

    Raises:
        LeakError: The saved system gives other codes than the fitted one, or codes follow what tells the class.
    """
    save(method, folder)
    saved = load(folder, device)
    directions, rules = experiment.directions, experiment.retrieval
    items = items_to_score(task, directions, rules.setting)
    with guarded(method.name, folder.parent) as guard:
        sides = embedded(saved, items, rules)
        # The library's own systems are asked by their tests; where features are in the cache, it would cost the most.
        nudge = strict or not type(method).__module__.startswith("zsr_lib.")
        told = [check_codes_alone(method, saved, items[name], side.codes, nudge=nudge) for name, side in sides.items()]
        for name, side in sides.items():
            for how in ("tokens", "asked"):
                if (made := getattr(side, how)) is not None:
                    told.append(check_codes_alone(method, saved, items[name], made, how, nudge))
        pairs = PairByPair(saved.rerank)
        scored = score_sides(saved, task, sides, experiment.metrics, directions, rules, device, pairs)
        told.append(pairs.told())
    if opened := sorted({*verdict.get("opened", ()), *guard.opened}):
        verdict["opened"] = opened
    if found := list(filter(None, told)):
        verdict["leaks"] += found
        verdict["label"] = max(verdict["label"], "transductive", key=LABELS.index)
    if strict and not method.legacy and verdict["label"] != "transductive":
        check_afresh(method.name, folder, items, {name: side.codes for name, side in sides.items()})
    return scored
