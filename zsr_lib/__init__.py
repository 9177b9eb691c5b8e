"""Zero-shot sketch-based retrieval, remote sensing first.

Data flows one way: ``data → models → codes → evaluation → reporting → book``.
Importing this package does no work; each room is imported when it is needed.
"""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zsr_lib.data.task import Task
    from zsr_lib.models.method import Method

# Read by OpenMP when torch or scikit-learn loads it. Threads that spin while they wait make a fit on busy cores ten
# times slower, and the results are the same bytes. Set here, it holds for `zsr`, the kernels it starts, and tests.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"


def evaluate(
    system: "Method",
    task: "Task",
    metrics: Iterable[str] = ("AP@all/std",),
    directions: Iterable[str] = ("sketch→photo",),
    **retrieval: Any,
) -> dict[str, dict[str, float]]:
    """Scores a fitted system on the test items of a task, as ``zsr run`` does, and watches it meanwhile.

    What it did in `fit`, which was called before, nobody saw: of that only what it declares is audited.

    Args:
        system: A fitted system.
        task: Whose test items are embedded, without what tells their classes.
        metrics: Full names.
        directions: What is retrieved by what.
        **retrieval: Options of `zsr_lib.experiments.config.RetrievalConfig`, such as ``relevance="pair"``.

    Returns:
        Direction → metric → mean over queries.

    Raises:
        LeakError: It declares that it has seen unseen classes, or does what no system may (`guarded`).
        ZsrError: As `zsr_lib.experiments.scoring.score` says, or an option does not exist.
    """
    from zsr_lib.configs import build
    from zsr_lib.experiments.auditing import verdict_of
    from zsr_lib.experiments.config import RetrievalConfig
    from zsr_lib.experiments.guarding import guarded
    from zsr_lib.experiments.scoring import score

    metrics, rules = tuple(metrics), build(RetrievalConfig, retrieval, "retrieval")
    with guarded(system.name or type(system).__name__):
        if system.trained_parts():  # while it is still in training, a curve may be asked for
            verdict_of(system, task)
        scored = score(system, task, metrics, directions, rules)
    return {name: {metric: each.evaluation.micro(metric) for metric in metrics} for name, each in scored.items()}
