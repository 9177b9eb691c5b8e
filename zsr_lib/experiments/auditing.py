"""What a run is asked before its numbers may exist: what was it fitted on, and do its codes stand alone?"""

from pathlib import Path
from typing import Any

from zsr_lib.data.datasets import closed_datasets
from zsr_lib.data.task import Task
from zsr_lib.evaluation.leaks import TrainedPart, audit, check_declared
from zsr_lib.experiments.config import Experiment
from zsr_lib.experiments.probes import check_codes_alone
from zsr_lib.experiments.scoring import Scored, embed_sides, score_sides, unseen_items
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
    parts = method.trained_parts()
    if method.state() and not parts:
        parts = (TrainedPart(type(method).__name__, None),)  # trained, but does not say on what
    unseen = [task.items("unseen", modality) for modality in task.modalities]
    items = [each for held in unseen for each in (*held.ids.tolist(), *held.full_ids)]
    # Where items are divided, all classes are seen: what counts is which items were looked at.
    looked, classes = ((), task.unseen) if task.division is None else (watch.observed(), ())
    verdict = audit((*parts, *looked), classes, items, legacy=method.legacy)
    check_declared(parts, watch.observed())
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
        "observed": watch.as_plain(),
    }


def scored_as_saved(
    experiment: Experiment, method: Method, task: Task, verdict: dict[str, Any], folder: Path, device: str
) -> dict[str, Scored]:
    """Scores the system as it is saved to `folder` and loaded again, not as `fit` left it.

    The verdict is amended where codes depend on the items beside them.

    Raises:
        LeakError: The saved system gives other codes than the fitted one, or codes follow what tells the class.
    """
    save(method, folder)
    saved = load(folder, device)
    with closed_datasets():
        sides = embed_sides(saved, task, experiment.directions)
        told = [check_codes_alone(method, saved, unseen_items(task, name), side.codes) for name, side in sides.items()]
    if found := list(filter(None, told)):
        verdict["leaks"] += found
        verdict["label"] = "transductive" if verdict["label"] == "clean" else verdict["label"]
    return score_sides(sides, saved.distance, experiment.metrics, experiment.directions, experiment.no_relevant)
