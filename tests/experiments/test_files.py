"""The experiment files of the project can be run: every name, option and split in them exists."""

from pathlib import Path

import pytest

from zsr_lib.experiments.cells import cells_of
from zsr_lib.experiments.reading import PROFILES, read_plan

FILES = sorted((Path(__file__).parents[2] / "experiments").glob("*.yaml"))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_experiment_is_complete(path, profile):
    cells = cells_of(read_plan(path, profile))
    assert cells
    assert len({(cell.variant, cell.split, cell.seed) for cell in cells}) == len(cells)
