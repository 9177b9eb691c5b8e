"""Trains the system that ships with the package: ``python -m zsr_lib.search.train_default``.

It sees generated scenes only, and of these no class of which Earth on Canvas has hand sketches: its weights are
zero-shot in the classes, in the photos and in the hands there. That its first layer takes edges was decided with a look
at Earth on Canvas, though (README.md in `default_model`).
"""

from pathlib import Path

import click

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.registry import Dataset
from zsr_lib.data.splits import Split
from zsr_lib.data.task import Task
from zsr_lib.models.method import Method
from zsr_lib.models.registry import create
from zsr_lib.models.saving import save
from zsr_lib.search.default_model import DEFAULT_MODEL
from zsr_lib.training.config import Run
from zsr_lib.training.reproducible import pinned

UNSEEN = ("airplane", "buildings", "freeway", "runway", "tenniscourt")
"""The classes that the public sample of Earth on Canvas has hand sketches of."""
SIDE = 64
PER_CLASS = 100
OPTIONS = {
    "features": {"backbone": "edge_cnn", "rotations": 8},
    "finetune": {
        "shared": True,
        "block": None,
        "training": {
            "steps": 1000,
            "batch_size": 128,
            "optimizer": "adamw",
            "learning_rate": 0.002,
            "weight_decay": 0.001,
            "schedule": "cosine",
            "warmup": 20,
            "clip": 5.0,
        },
    },
}


def default_task(dataset: Dataset) -> Task:
    """The generated data set without the classes of Earth on Canvas' sketches."""
    seen = tuple(name for name in dataset.classes if name not in UNSEEN)
    return Task(dataset, Split("default-model", dataset.name, seen, UNSEEN), 0, seen, (), UNSEEN)


def trained(dataset: Dataset, steps: int, progress: bool = True) -> Method:
    """The system, fitted on `default_task`.

    Args:
        dataset: Generated scenes.
        steps: Of fine-tuning.
        progress: Show bars.
    """
    training = OPTIONS["finetune"]["training"] | {"steps": steps}
    system = create("standardised", OPTIONS | {"finetune": OPTIONS["finetune"] | {"training": training}})
    system.fit(default_task(dataset), Run(progress=progress))
    return system


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=DEFAULT_MODEL, help="Folder that the system goes to.")
@click.option("--steps", type=click.IntRange(1), default=OPTIONS["finetune"]["training"]["steps"], show_default=True)
@click.option("--per-class", type=click.IntRange(2), default=PER_CLASS, show_default=True, help="Scenes of a class.")
def main(out: Path, steps: int, per_class: int) -> None:
    """Train the default system of zsr index on generated scenes; minutes on two cores."""
    with pinned():
        system = trained(load_dataset("generated", size=SIDE, per_class=per_class), steps)
    save(system, out)
    click.echo(out)


if __name__ == "__main__":
    main()
