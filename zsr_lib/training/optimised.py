"""One trained part: a module with its losses and its own optimiser. Adversarial systems have several."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.training.config import TrainingConfig
from zsr_lib.training.processes import Processes
from zsr_lib.training.watch import Watch

Losses = Callable[..., Mapping[str, Tensor]]
"""A batch → named scalar terms; ``total`` is minimised, or their sum where there is no ``total``.

Losses with a parameter called ``step`` are given the number of the loop's step, from 0, by that name.
"""


@dataclass(frozen=True)
class Optimised:
    """What one optimiser moves, and why.

    Attributes:
        module: Its trainable parameters are stepped; several modules go into an ``nn.ModuleDict``.
        losses: What it minimises.
        config: Its own optimiser, learning rate, decay, clipping, schedule, warm-up and turns (`step_every`,
            `step_repeat`); None takes the loop's. Steps, batches, accumulation, validation and precision are always
            the loop's.
        rates: Factors on the learning rate by start of parameter name, for example ``{"backbone.": 0.1}``.
    """

    module: nn.Module
    losses: Losses
    config: TrainingConfig | None = None
    rates: Mapping[str, float] = field(default_factory=dict)


class Stepper:
    """An `Optimised` with its optimiser.

    Raises:
        BadInputError: The module has nothing to train.
        UnknownNameError: A rate belongs to no parameter.
    """

    def __init__(
        self,
        optimised: Optimised,
        config: TrainingConfig,
        prefix: str = "",
        processes: Processes = Processes(),  # noqa: B008 - frozen
    ) -> None:
        self.losses, self.module, self.prefix, self.processes = optimised.losses, optimised.module, prefix, processes
        self.config = optimised.config or config
        self.parameters = [(name, value) for name, value in self.module.named_parameters() if value.requires_grad]
        if not self.parameters:
            raise BadInputError(
                f"{type(self.module).__name__} has no trainable parameters.", "unfreeze some, or do not train it."
            )
        self.optimizer = _optimizer(self.config, list(_groups(self.parameters, optimised.rates)))
        self._sees_step = "step" in inspect.signature(self.losses).parameters
        self._forward = processes.averaging(self.module, self._terms)

    def turn(
        self, batches: Sequence[Any], number: int, autocast: Callable[[], AbstractContextManager], watch: Watch
    ) -> None:
        """Takes the optimiser's steps in step `number` of the loop, each on the mean loss of `batches`.

        Raises:
            TrainingError: A term or a gradient is not finite; where `watch` reads every step, the parameters have not
                moved then.
            BadInputError: The losses returned nothing to minimise, or a term that is no scalar.
        """
        if (number + 1) % self.config.step_every == 0:
            for _ in range(self.config.step_repeat):
                self._step(batches, number, autocast, watch)

    def _step(
        self, batches: Sequence[Any], number: int, autocast: Callable[[], AbstractContextManager], watch: Watch
    ) -> None:
        self.optimizer.zero_grad(set_to_none=True)
        inputs = [value for _, value in self.parameters]
        logged = []
        for batch in batches:
            with autocast():
                terms = self._forward(batch, number)
            (terms["total"] / len(batches)).backward(inputs=inputs)
            logged.append(torch.stack([value.detach().float() for value in terms.values()]))
        gradients = [value.grad for value in inputs if value.grad is not None]
        norm = get_total_norm(gradients)
        values = torch.cat([torch.stack(logged).mean(0), norm.float()[None]])
        named = [f"{self.prefix}{name}" for name in terms]
        watch.note(number + 1, named, self.processes.average(values), self.parameters)
        if self.config.clip is not None:
            clip_grads_with_norm_(inputs, self.config.clip, norm)
        for group in self.optimizer.param_groups:
            group["lr"] = group["rate"] * self.config.rate_at(number)
        self.optimizer.step()

    def _terms(self, batch: Any, number: int) -> dict[str, Tensor]:
        """Computes the loss terms of a batch, ``total`` last."""
        terms = dict(self.losses(batch, step=number) if self._sees_step else self.losses(batch))
        for name, value in terms.items():
            if value.ndim:
                raise BadInputError(f"loss term '{name}' has shape {tuple(value.shape)}.", "return scalars.")
        if not terms:
            raise BadInputError("the losses returned no term.", "switch at least one loss on.")
        total = terms.pop("total", None)
        terms["total"] = sum(terms.values()) if total is None else total
        if not terms["total"].requires_grad:
            raise BadInputError("the total loss depends on no trainable parameter.", "switch at least one loss on.")
        return terms


@contextmanager
def evaluating(modules: Mapping[str, nn.Module]) -> Iterator[None]:
    """A block in evaluation mode; afterwards each submodule is in the mode it was in."""
    training = [each for module in modules.values() for each in module.modules() if each.training]
    for module in modules.values():
        module.eval()
    try:
        yield
    finally:
        for each in training:
            each.training = True


def _groups(parameters: list[tuple[str, nn.Parameter]], rates: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """Parameter groups by factor; the longest start of a name that has a rate decides."""
    names = [name for name, _ in parameters]
    for start in rates:
        if not any(name.startswith(start) for name in names):
            raise UnknownNameError("start of a trainable parameter's name", start, names)
    found: dict[float, list[nn.Parameter]] = {}
    for name, value in parameters:
        start = max((start for start in rates if name.startswith(start)), key=len, default=None)
        found.setdefault(1.0 if start is None else rates[start], []).append(value)
    for rate, values in found.items():
        yield {"params": values, "rate": rate}


def _optimizer(config: TrainingConfig, groups: list[dict[str, Any]]) -> torch.optim.Optimizer:
    common: dict[str, Any] = {"lr": config.learning_rate, "weight_decay": config.weight_decay}
    common |= {"fused": True} if config.fused else {}
    if config.optimizer == "sgd":
        return torch.optim.SGD(groups, momentum=config.momentum, nesterov=config.momentum > 0, **common)
    if config.optimizer == "rmsprop":
        return torch.optim.RMSprop(groups, **common)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[config.optimizer]
    return kind(groups, betas=config.betas, **common)
