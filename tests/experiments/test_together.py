"""`zsr run` in two processes, as a user starts it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from zsr_lib.reporting.run_record import UNFINISHED, read_records

ROOT = Path(__file__).parents[2]
EXPERIMENT = {
    "title": "ZSEoC, briefly",
    "data": {"dataset": "generated", "size": 64, "options": {"per_class": 20}, "validation_classes": 3},
    "splits": ["generated-14-6"],
    "method": "zseoc",
    "config": {
        "features": {"backbone": "hog", "size": 64},
        "semantics": "attributes",
        "dropout": 0.0,  # each process drops others than one that is alone
        "training": {"steps": 40, "batch_size": 32, "validate_every": 10, "precision": "float64"},
    },
    "seeds": [0, 1],
}


def test_two_processes_report_what_one_reports(scenes, tmp_path):
    experiment = tmp_path / "brief.yaml"
    experiment.write_text(yaml.safe_dump(EXPERIMENT))
    several = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ZSR_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}

    def run(runs, start):
        command = [sys.executable, *start, "-m", "zsr_lib", "run", str(experiment), "--runs", str(tmp_path / runs)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return sorted(read_records(tmp_path / runs), key=lambda record: record.seed), done.stdout

    (alone, _), (together, told) = run("alone", []), run("together", several)
    assert told.count("made") == 2, "only one process tells"
    assert [record.seed for record in together] == [0, 1]
    for one, two in zip(alone, together, strict=True):
        assert one.folder.name == two.folder.name
        assert two.results.keys() == one.results.keys()
        for direction, report in one.results.items():
            assert two.results[direction]["metrics"] == pytest.approx(report["metrics"], abs=1e-6)
        for first, second in zip(one.history["steps"], two.history["steps"], strict=True):
            assert second == pytest.approx(first, rel=1e-5)
    assert not list((tmp_path / "together").rglob(f"*{UNFINISHED}"))
