"""A small run with everything that a checkpoint must hold: dropout, batch statistics, a validation that draws."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import nn

from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.history import History
from zsr_lib.training.loop import train
from zsr_lib.training.optimised import Optimised
from zsr_lib.training.reproducible import pinned
from zsr_lib.training.sampling import Shuffled
from zsr_lib.training.tensor_file import write_tensors

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

        parts, losses = (self.parts(), None) if self.adversarial else (self.nets["main"], self.losses)
        return train(parts, batches, losses, self.config, self.run, self.validate, update=self.update)

    def parts(self):
        critic = replace(self.config, optimizer="sgd", learning_rate=0.1, clip=None)
        return {
            "maker": Optimised(self.nets["main"], self.losses),
            "critic": Optimised(self.nets["critic"], self.critic_losses, config=critic),
        }

    update = None

    def result(self, history: History) -> dict[str, torch.Tensor]:
        """Everything that two equal runs share: weights, buffers, losses, scores."""
        rows = [*history.steps, *history.validations, {"best": float(history.best_step or 0)}]
        numbers = torch.tensor([value for row in rows for value in row.values()], dtype=torch.float64)
        return {"history": numbers} | {name: value.clone() for name, value in self.nets.state_dict().items()}


class Turns(Toy):
    """Two optimisers in turn: the critic steps twice on each batch, the maker on every third, seeing the step."""

    def parts(self):
        maker = replace(self.config, optimizer="adam", betas=(0.5, 0.9), step_every=3, schedule="exponential")
        critic = replace(self.config, optimizer="rmsprop", schedule="step", decay_every=5, step_repeat=2)
        return {
            "critic": Optimised(self.nets["critic"], self.critic_losses, config=critic),
            "maker": Optimised(self.nets["main"], self.ramped, config=maker),
        }

    def ramped(self, rows, step):
        ramp = min(1.0, step / 10)
        terms = self.losses(rows)
        return terms | {"total": sum(terms.values()) * ramp}


class Codes(Toy):
    """Discrete codes: the network is drawn to them, and every few steps they are what fits it best, in closed form."""

    def __post_init__(self):
        super().__post_init__()
        self.config = replace(self.config, update_every=5)
        self.nets["main"].register_buffer("codes", torch.zeros(80, 3))
        self.nets["main"].register_buffer("map", torch.zeros(3, 3))

    def losses(self, rows):
        return {"quantisation": (self.nets["main"](self.inputs[rows]) - self.nets["main"].codes[rows]).square().mean()}

    def update(self, step):
        net = self.nets["main"]
        made = net(self.inputs)
        net.codes.copy_(torch.where(made + self.targets @ net.map + 0.1 * torch.randn(80, 3) >= 0, 1.0, -1.0))
        ridge = self.targets.T @ self.targets + torch.eye(3)
        net.map.copy_(torch.linalg.solve(ridge, self.targets.T @ net.codes))  # argmin |codes − targets · map|² + |map|²


class Pretext(Toy):
    """No labels: by how much was each row rolled?"""

    def losses(self, rows):
        rolled = torch.randint(3, (len(rows),))  # drawn anew in each step: the random state is part of a checkpoint
        places = (torch.arange(6) + 2 * rolled[:, None]) % 6
        scores = self.nets["main"](self.inputs[rows].gather(1, places))
        return {"pretext": nn.functional.cross_entropy(scores, rolled)}

    def validate(self):
        return -float(self.losses(range(80))["pretext"])


KINDS = {
    "one module": (Toy, False),
    "adversarial": (Toy, True),
    "turns": (Turns, True),
    "codes": (Codes, False),
    "pretext": (Pretext, False),
}
"""Name → class, and whether it has two optimisers."""


def toy_of(kind, *arguments, **options):
    made, adversarial = KINDS[kind]
    return made(*arguments, adversarial=adversarial, **options)


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


def train_in_another_process(kind: str, folder: str, result: str, steps: int = LONG.steps) -> None:
    """What is killed from outside; writes its result when it gets to the end."""
    with pinned(1):
        toy = toy_of(kind, replace(LONG, steps=steps), Run(progress=False, checkpoint_every=3, folder=Path(folder)))
        write_tensors(Path(result), toy.result(toy.train()), {})
