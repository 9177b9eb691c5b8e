"""Trains the system that ships with the package: ``python -m zsr_lib.search.train_default``.

Two networks that fail on different drawings, fused: one on edges, trained here on generated scenes, and the first
blocks of an ImageNet network as a pip package brings it, frozen. Nothing fitted here sees a class of which Earth on
Canvas has hand sketches; ImageNet's photos do hold airliners. What was chosen while it was made stands in the README.md
in `default_model`.
"""

from pathlib import Path

import click

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.registry import Dataset
from zsr_lib.models.references.fused import Fused
from zsr_lib.models.registry import create
from zsr_lib.models.saving import save
from zsr_lib.search.default_data import default_task, statistics_data
from zsr_lib.search.default_model import DEFAULT_MODEL
from zsr_lib.search.embedding import USUAL_SIZE
from zsr_lib.training.config import Run
from zsr_lib.training.reproducible import pinned

SIDE, PER_CLASS = 64, 100
MEASURED = 30
"""Scenes, and sketches by many hands, of a class that the second network's features are standardised with."""
TRAINING = {
    "steps": 1000,
    "batch_size": 128,
    "optimizer": "adamw",
    "learning_rate": 0.002,
    "weight_decay": 0.001,
    "schedule": "cosine",
    "warmup": 20,
    "clip": 5.0,
}
EDGES = {
    "features": {"backbone": "edge_cnn", "rotations": 8},
    "finetune": {"shared": True, "block": None, "training": TRAINING},
}
OBJECTS = {
    "features": {
        **{"backbone": "efficientnet_lite0", "weights": "imagenet", "size": 160, "crop": False},
        "until": (12, 16, 17),
    },
    "whitening": 0.3,
    "dimension": 192,
}
OPTIONS = {
    "parts": {
        "edges": {"of": "standardised", "options": EDGES, "weight": 0.1},
        "objects": {"of": "standardised", "options": OBJECTS, "weight": 1.0},
    }
}


def trained(scenes: Dataset, measured: Dataset, steps: int, progress: bool = True) -> Fused:
    """The system, its parts fitted on `default_task`.

    Args:
        scenes: What the first network is trained on.
        measured: What the second one's features are standardised with, at the side of pictures in an index.
        steps: Of the first network's training.
        progress: Show bars.
    """
    tuned = EDGES["finetune"] | {"training": TRAINING | {"steps": steps}}
    edges = OPTIONS["parts"]["edges"] | {"options": EDGES | {"finetune": tuned}}
    system = create("fused", {"parts": OPTIONS["parts"] | {"edges": edges}})
    run = Run(progress=progress)
    system.parts["edges"].fit(default_task(scenes), run)
    system.parts["objects"].fit(default_task(measured), run)
    system.fitted(run)
    return system


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=DEFAULT_MODEL, help="Folder that the system goes to.")
@click.option("--steps", type=click.IntRange(1), default=TRAINING["steps"], show_default=True)
@click.option("--per-class", type=click.IntRange(2), default=PER_CLASS, show_default=True, help="Scenes of a class.")
@click.option("--measured", type=click.IntRange(1), default=MEASURED, show_default=True, help="Scenes and hands.")
def main(out: Path, steps: int, per_class: int, measured: int) -> None:
    """Train the default system of zsr index; minutes on two cores."""
    with pinned():
        scenes = load_dataset("generated", size=SIDE, per_class=per_class)
        system = trained(scenes, statistics_data(USUAL_SIZE, measured, measured), steps)
    save(system, out)
    click.echo(out)


if __name__ == "__main__":
    main()
