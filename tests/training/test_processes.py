"""Two processes on one machine's CPU, started as a user starts them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training.together import Plain, result_of
from tests.training.toy import same
from zsr_lib.errors import BadInputError
from zsr_lib.training.processes import Processes
from zsr_lib.training.tensor_file import read_tensors

ROOT = Path(__file__).parents[2]


def start(folder, result, crash_at=-1, kind="plain"):
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += ["-m", "tests.training.together", str(folder), str(result), str(crash_at), kind]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_WAIT_POLICY": "PASSIVE"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_two_processes_train_what_one_trains(tmp_path):
    done = start(tmp_path / "a", tmp_path / "result")
    assert done.returncode == 0, done.stderr
    found, about = read_tensors(tmp_path / "result")
    assert about == {"processes": 2}
    # All processes end with the same weights and histories.
    mean = found.pop("mean")
    torch.testing.assert_close(mean, torch.cat([found[name].flatten().double() for name in sorted(found)]))
    expected = result_of(Plain)
    assert not same(found, expected)  # sums of halves end in other digits, so they were halves
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-4, atol=1e-5)


def test_two_processes_resume_to_the_same_bits(tmp_path):
    assert start(tmp_path / "whole", tmp_path / "whole.result", kind="toy").returncode == 0
    assert start(tmp_path / "broken", tmp_path / "result", 2 * 15, kind="toy").returncode != 0
    assert start(tmp_path / "broken", tmp_path / "result", kind="toy").returncode == 0
    found, expected = (read_tensors(tmp_path / name)[0] for name in ("result", "whole.result"))
    assert same(found, expected)


def test_every_row_of_a_batch_belongs_to_one_process():
    batch = {"rows": np.arange(6), "pair": (torch.arange(12).view(6, 2), [np.zeros(6)])}
    shares = [Processes(3, rank).share(batch) for rank in range(3)]
    assert sorted(np.concatenate([share["rows"] for share in shares]).tolist()) == list(range(6))
    assert [share["pair"][0][:, 0].tolist() for share in shares] == [[0, 6], [2, 8], [4, 10]]
    assert Processes().share(batch) is batch


@pytest.mark.parametrize("batch", [np.arange(7), {"a": object()}, torch.ones(())])
def test_what_cannot_be_shared_is_refused(batch):
    with pytest.raises(BadInputError, match="cannot be shared by 3 processes"):
        Processes(3, 0).share(batch)


def test_each_process_has_its_own_gpu(monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert [Processes(2, 1).device(name) for name in ("cpu", "cuda", "cuda:0")] == ["cpu", "cuda:1", "cuda:0"]
    assert Processes().device("cuda") == "cuda"
