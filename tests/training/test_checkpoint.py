import os
from dataclasses import replace

import pytest
import torch
from torch import nn

from tests.training.toy import CONFIG, Crash, Toy
from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.training.checkpoint import checkpoint_path, checkpoints_in
from zsr_lib.training.config import Run
from zsr_lib.training.loop import train
from zsr_lib.training.tensor_file import read_tensors, write_tensors


@pytest.fixture
def run(tmp_path):
    """A run that broke after 10 steps and left a checkpoint of step 8."""
    run = Run(folder=tmp_path, progress=False, checkpoint_every=4)
    with pytest.raises(Crash):
        Toy(run=run, crash_at=10).train()
    return run


def test_the_checkpoint_is_of_the_last_multiple(run):
    about = read_tensors(checkpoint_path(run.folder))[1]
    assert (about["step"], about["stopped"], len(about["history"]["steps"])) == (8, False, 8)
    assert os.listdir(run.folder) == ["checkpoint-training.safetensors"]
    assert checkpoints_in(run.folder) == [checkpoint_path(run.folder)]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"config": replace(CONFIG, learning_rate=0.02)}, r"training.learning_rate = 0\.01, this run has 0\.02"),
        ({"config": replace(CONFIG, steps=25)}, "training.steps = 24, this run has 25"),
        ({"run": {"seed": 1}}, "seed = 0, this run has 1"),
        ({"run": {"identity": "other data"}}, "identity = '', this run has 'other data'"),
        ({"adversarial": True}, "players"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(run, changes, says):
    changes = changes | {"run": replace(run, **changes.get("run", {}))}
    with pytest.raises(BadInputError, match=says) as caught:
        Toy(**changes).train()
    assert "another folder" in caught.value.remedy


def test_a_checkpoint_of_another_module_is_refused(run):
    toy = Toy(run=run)
    toy.nets["main"] = nn.Sequential(nn.Linear(6, 13), nn.BatchNorm1d(13), nn.Dropout(0.4), nn.Linear(13, 3))
    with pytest.raises(BadInputError, match=r"'0.weight' is \(12, 6\) there and \(13, 6\) here"):
        toy.train()


@pytest.mark.parametrize("damage", ["cut", "empty", "a bit", "text"])
def test_a_damaged_checkpoint_is_reported_not_passed_over(run, damage):
    path = checkpoint_path(run.folder)
    content = path.read_bytes()
    flipped = content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]
    path.write_bytes({"cut": content[:-100], "empty": b"", "a bit": flipped, "text": b"hello" * 99}[damage])
    with pytest.raises(BadFileError, match="damaged") as caught:
        Toy(run=run).train()
    assert "delete it" in caught.value.remedy


def test_a_checkpoint_of_a_newer_version_is_refused(run):
    path = checkpoint_path(run.folder)
    tensors, about = read_tensors(path)
    write_tensors(path, tensors, about | {"format": 99})
    with pytest.raises(BadFileError, match="format 99"):
        Toy(run=run).train()


def test_a_failing_write_keeps_the_former_checkpoint(run, monkeypatch):
    path = checkpoint_path(run.folder)
    before = path.read_bytes()

    def fail(tensors, target, metadata):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safetensors.torch.save_file", fail)
    with pytest.raises(Exception, match="is full"):
        Toy(run=run).train()
    assert path.read_bytes() == before
    assert list(run.folder.iterdir()) == [path]


def test_stages_keep_their_own_checkpoints(tmp_path):
    run = Run(folder=tmp_path, progress=False)
    net = nn.Linear(2, 1)

    def losses(batch):
        return {"size": net(batch).square().mean()}

    for name in ("first", "second"):
        train(
            net,
            lambda number: torch.ones(4, 2),
            lambda batch: {"l": net(batch).square().mean()},
            CONFIG,
            run,
            name=name,
        )
    assert [path.name for path in checkpoints_in(tmp_path)] == [
        "checkpoint-first.safetensors",
        "checkpoint-second.safetensors",
    ]
