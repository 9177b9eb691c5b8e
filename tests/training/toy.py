"""A small run with everything that a checkpoint must hold: dropout, batch statistics, a validation that draws."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import nn

from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.history import History
from zsr_lib.training.loop import train
from zsr_lib.training.player import Player
from zsr_lib.training.sampling import Shuffled
from zsr_lib.training.tensor_file import write_tensors
from zsr_lib.training.threads import pinned

CONFIG = TrainingConfig(
    steps=24, batch_size=16, schedule="cosine", warmup=3, clip=0.5, validate_every=5, learning_rate=0.01
)
RUN = Run(progress=False, checkpoint_every=4)


class Crash(Exception):
    """What the batches raise where a run is to break."""


@dataclass
class Toy:
    """A regression; `crash_at` is the number of the batch that cannot be made."""

    config: TrainingConfig = CONFIG
    run: Run = RUN
    adversarial: bool = False
    crash_at: int | None = None
    nets: nn.ModuleDict = field(init=False)

    def __post_init__(self):
        generator = torch.Generator().manual_seed(5)
        self.inputs = torch.randn(80, 6, generator=generator)
        self.targets = torch.sin(self.inputs @ torch.randn(6, 3, generator=generator))
        with torch.random.fork_rng():
            torch.manual_seed(9)
            self.nets = nn.ModuleDict(
                {
                    "main": nn.Sequential(nn.Linear(6, 12), nn.BatchNorm1d(12), nn.Dropout(0.4), nn.Linear(12, 3)),
                    "critic": nn.Linear(3, 1),
                }
            )

    def losses(self, rows):
        made = self.nets["main"](self.inputs[rows])
        terms = {
            "fit": (made - self.targets[rows]).square().mean(),
            "size": 0.01 * made.square().mean(),
        }
        return terms | ({"fool": -self.nets["critic"](made).mean()} if self.adversarial else {})

    def critic_losses(self, rows):
        made = self.nets["main"](self.inputs[rows]).detach()
        return {"tell": (self.nets["critic"](made) - self.nets["critic"](self.targets[rows])).tanh().mean()}

    def validate(self):
        noise = 0.3 * torch.randn(80, 3)  # makes the best state one in the middle
        return -float((self.nets["main"](self.inputs) + noise - self.targets).square().mean())

    def train(self) -> History:
        sampler = Shuffled(80, self.config.batch_size, self.run.seed)

        def batches(number):
            if number == self.crash_at:
                raise Crash
            return sampler(number)

        if not self.adversarial:
            return train(self.nets["main"], batches, self.losses, self.config, self.run, self.validate)
        critic = replace(self.config, optimizer="sgd", learning_rate=0.1, clip=None)
        players = {
            "maker": Player(self.nets["main"], self.losses),
            "critic": Player(self.nets["critic"], self.critic_losses, config=critic),
        }
        return train(players, batches, config=self.config, run=self.run, validate=self.validate)

    def result(self, history: History) -> dict[str, torch.Tensor]:
        """Everything that two equal runs share: weights, buffers, losses, scores."""
        rows = [*history.steps, *history.validations, {"best": float(history.best_step or 0)}]
        numbers = torch.tensor([value for row in rows for value in row.values()], dtype=torch.float64)
        return {"history": numbers} | {name: value.clone() for name, value in self.nets.state_dict().items()}


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    """Bit for bit."""
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def quadratic(start=4.0):
    """A module with one number w, and (w − batch)² as its loss."""
    net = nn.Linear(1, 1, bias=False)
    nn.init.constant_(net.weight, start)
    return net, lambda batch: {"square": (net.weight - batch).square().sum()}


def one(number):
    """The batch 1, whatever its number."""
    return torch.ones(1)


LONG = replace(CONFIG, steps=150, validate_every=20)


def train_in_another_process(folder: str, result: str, steps: int = LONG.steps) -> None:
    """What is killed from outside; writes its result when it gets to the end."""
    with pinned(1):
        toy = Toy(replace(LONG, steps=steps), Run(progress=False, checkpoint_every=3, folder=Path(folder)))
        write_tensors(Path(result), toy.result(toy.train()), {})
