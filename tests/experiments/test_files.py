"""The experiment files of the project can be run: every name, option and split in them exists."""

from collections import defaultdict
from pathlib import Path

import pytest

from zsr_lib.experiments.cells import cells_of
from zsr_lib.experiments.reading import PROFILES, point_text, read_plan
from zsr_lib.reporting.run_record import read_records

FILES = sorted((Path(__file__).parents[2] / "experiments").glob("*.yaml"))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_experiment_is_complete(path, profile):
    cells = cells_of(read_plan(path, profile))
    assert cells
    assert len({(cell.variant, cell.split, cell.seed) for cell in cells}) == len(cells)


REPORTED = Path(__file__).parents[2] / "reported" / "runs"
FEWER = {
    ("eoc-zseoc-plus-near", "Sketchy without near classes, seen from one side"),
    ("sketchy-context-prediction", "MobileNetV2, context prediction, retrieval.gallery=all"),
    ("sketchy-map-cmaan", "stand-in, with sentences"),
    ("sketchy-map-cmaan", "stand-in, without sentences"),
}
"""Rows that were run with the first seed only, or on one split, for time."""


def test_no_run_of_a_stored_row_has_gone():
    """Who takes an unlucky seed or split away is seen: the files say which runs there are."""
    stored, gone = defaultdict(set), set()
    for record in read_records(REPORTED):
        stored[record.experiment, record.profile, point_text(record.point)].add((record.split, record.seed))
    for path in FILES:
        for profile in {profile for name, profile, _ in stored if name == path.stem}:
            asked = defaultdict(set)
            for cell in cells_of(read_plan(path, profile or PROFILES[0])):
                asked[point_text(cell.point.label)].add((cell.split, cell.seed))
            rows = {label: runs for (name, its, label), runs in stored.items() if (name, its) == (path.stem, profile)}
            gone |= {(path.stem, label) for label, runs in rows.items() if asked[label] - runs}
    assert gone == FEWER
