"""Measures what the scores of the system that ships mean: ``python -m zsr_lib.search.calibrate_default``.

On Earth on Canvas (``ZSR_DATA``): hand sketches of classes, and photos, that the system never saw.
"""

import click
import numpy as np

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.registry import Dataset
from zsr_lib.search.calibration import Calibration, calibrated, write_calibration
from zsr_lib.search.default_data import UNSEEN
from zsr_lib.search.default_model import DEFAULT_MODEL
from zsr_lib.search.embedding import USUAL_SIZE, embedder
from zsr_lib.search.near import distances_from
from zsr_lib.training.reproducible import pinned


def default_calibration(dataset: Dataset) -> Calibration:
    """What scores mean on a data set, by its sketches of the classes that the system never saw."""
    system, sketches = embedder(), dataset.sketches.of_classes(UNSEEN)
    photos = system.photos(dataset.photos.pixels)
    scores = np.stack([1 - distances_from(code, photos, "cosine") for code in system.sketches(sketches.pixels)])
    return calibrated(scores, sketches.class_names, dataset.photos.class_names, "Earth on Canvas' sketches")


@click.command()
def main() -> None:
    """Measure on Earth on Canvas what scores of the default system mean."""
    with pinned():
        found = default_calibration(load_dataset("eoc", size=USUAL_SIZE))
    write_calibration(DEFAULT_MODEL, found)
    click.echo(f"{found.queries} sketches, {found.pictures} photos, {len(found.scores)} corners, error {found.error}")


if __name__ == "__main__":
    main()
