"""Trains the system that ships with the package: ``python -m zsr_lib.search.train_default``.

Two networks that fail on different drawings, fused: one on edges, trained here, and the first blocks of an ImageNet
network as a pip package brings it. Neither sees a class of which Earth on Canvas has hand sketches, nor a drawing that a
person made; what was chosen while it was made stands in the README.md in `default_model`.
"""

from pathlib import Path

import click

from zsr_lib.data.registry import Dataset
from zsr_lib.models.references.fused import Fused
from zsr_lib.models.registry import create
from zsr_lib.models.saving import save
from zsr_lib.search.default_data import default_task, training_data
from zsr_lib.search.default_model import DEFAULT_MODEL
from zsr_lib.training.config import Run
from zsr_lib.training.reproducible import pinned

SCENES, HANDS, TRACED, STEPS = 80, 160, 50, 1000
MEASURED = 30
"""Scenes, and sketches by many hands, of a class that the second network's features are standardised with."""
TRAINING = {
    "batch_size": 128,
    "optimizer": "adamw",
    "learning_rate": 0.002,
    "weight_decay": 0.001,
    "schedule": "cosine",
    "warmup": 20,
    "clip": 5.0,
}
EDGES = {
    "features": {"backbone": "edge_cnn", "size": 96, "rotations": 8},
    "finetune": {"shared": True, "block": None, "training": TRAINING | {"steps": STEPS}},
}
OBJECTS = {
    "features": {"backbone": "efficientnet_lite0", "weights": "imagenet", "size": 160, "crop": False, "until": 17}
}
OPTIONS = {
    "parts": {
        "edges": {"of": "standardised", "options": EDGES, "weight": 0.5},
        "objects": {"of": "standardised", "options": OBJECTS, "weight": 1.0},
    }
}


def trained(small: Dataset, large: Dataset, steps: int, progress: bool = True) -> Fused:
    """The system, its parts fitted on `default_task`.

    Args:
        small: Training data at the side that the first network takes.
        large: A few of the same, at the side of pictures in an index.
        steps: Of the first network's training.
        progress: Show bars.
    """
    tuned = EDGES["finetune"] | {"training": TRAINING | {"steps": steps}}
    edges = OPTIONS["parts"]["edges"] | {"options": EDGES | {"finetune": tuned}}
    system = create("fused", {"parts": OPTIONS["parts"] | {"edges": edges}})
    run = Run(progress=progress)
    system.parts["edges"].fit(default_task(small), run)
    system.parts["objects"].fit(default_task(large), run)
    system.fitted(run)
    return system


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=DEFAULT_MODEL, help="Folder that the system goes to.")
@click.option("--steps", type=click.IntRange(1), default=STEPS, show_default=True)
@click.option("--scenes", type=click.IntRange(2), default=SCENES, show_default=True, help="Generated photos of a class.")
@click.option("--hands", type=click.IntRange(1), default=HANDS, show_default=True, help="Sketches of a class.")
@click.option("--real/--generated", default=True, show_default=True, help="UC Merced's photos, too.")
def main(out: Path, steps: int, scenes: int, hands: int, real: bool) -> None:
    """Train the default system of zsr index; about a quarter of an hour on two cores."""
    with pinned():
        small = training_data(EDGES["features"]["size"], scenes, hands, TRACED, real)
        large = training_data(256, min(scenes, MEASURED), min(hands, MEASURED), 0, real)
        system = trained(small, large, steps)
    save(system, out)
    click.echo(out)


if __name__ == "__main__":
    main()
