"""Started by ``torchrun``: each process trains its share of the toy; the first writes what came out.

Arguments: a folder for checkpoints, the file for the result, the number of a batch that cannot be made (-1: none).
"""

import sys
from dataclasses import replace
from pathlib import Path

import torch

from tests.training.toy import CONFIG, Toy
from zsr_lib.training.config import Run
from zsr_lib.training.history import History
from zsr_lib.training.processes import Processes, together
from zsr_lib.training.reproducible import pinned
from zsr_lib.training.tensor_file import write_tensors


class Plain(Toy):
    """Without dropout and batch statistics, which depend on how a batch is cut."""

    def __post_init__(self):
        super().__post_init__()
        self.nets["main"] = torch.nn.Sequential(torch.nn.Linear(6, 12), torch.nn.Tanh(), torch.nn.Linear(12, 3))
        for value in self.nets.parameters():
            torch.nn.init.uniform_(value, -0.5, 0.5, generator=torch.Generator().manual_seed(2))

    def validate(self):
        return -float((self.nets["main"](self.inputs) - self.targets).square().mean())


def result_of(kind, crash_at=None, folder=None) -> dict[str, torch.Tensor]:
    config = replace(CONFIG, accumulate=2)
    toy = kind(config, Run(progress=False, folder=folder, checkpoint_every=4), adversarial=True, crash_at=crash_at)
    history: History = toy.train()
    return toy.result(history)


if __name__ == "__main__":
    folder, result, crash_at, kind = sys.argv[1:]
    with together() as processes, pinned(1):
        made = result_of({"plain": Plain, "toy": Toy}[kind], int(crash_at), Path(folder))
        assert Processes.now() == processes
        everyone = processes.average(torch.cat([made[name].flatten().double() for name in sorted(made)]))
        if processes.first:
            write_tensors(Path(result), made | {"mean": everyone}, {"processes": processes.count})
