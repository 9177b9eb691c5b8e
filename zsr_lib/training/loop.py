"""The one training loop.

Everything that happens in a step depends on the state in the checkpoint and on the step's number, nothing else;
therefore a run that was killed and resumed is, on one machine's CPU, the uninterrupted one bit for bit.
"""

import math
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import torch
from torch import nn

from zsr_lib.devices import device_of
from zsr_lib.errors import BadInputError
from zsr_lib.progress import progress_bar
from zsr_lib.training.checkpoint import Progress, checkpoint_path, load_checkpoint, save_checkpoint
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.device import autocast, placed, refuse_other_precision, uses_bf16
from zsr_lib.training.history import History
from zsr_lib.training.optimised import Losses, Optimised, Stepper, evaluating
from zsr_lib.training.processes import Processes
from zsr_lib.training.reproducible import deferred_interrupt, random_numbers
from zsr_lib.training.watch import Watch, check_score

ROWS = 500
"""Most logged steps of a history."""
CHECK_EVERY = 50
"""Steps between two readings of losses and gradients from a device that is not the CPU."""


def train(
    parts: nn.Module | Mapping[str, Optimised],
    batches: Callable[[int], Any],
    losses: Losses | None = None,
    config: TrainingConfig = TrainingConfig(),  # noqa: B008 - frozen, so safe to share
    run: Run = Run(),  # noqa: B008
    validate: Callable[[], float] | None = None,
    name: str = "training",
    update: Callable[[int], None] | None = None,
) -> History:
    """Trains modules in place.

    While it lasts, torch's random numbers follow from the run's seed and `name`; afterwards they go on as if nothing
    had happened. Modules are in training mode in steps, in evaluation mode in `validate`, in `update` and when it is
    over.

    Args:
        parts: One module, or name → `Optimised` for systems whose parts have optimisers of their own; they step in
            order on the same batch, each moving only its own parameters.
        batches: Number of a batch, from 0 → the batch. Must depend on the number only. Tensors and arrays of numbers
            in it become tensors on the device. With ``accumulate`` k, step n takes the batches n·k … n·k + k − 1.
        losses: The module's losses; None with parts, which bring their own.
        config: Steps, optimiser, schedule.
        run: Seed, device, checkpoints.
        validate: A score of the modules as they are, higher is better; it cannot disturb training, nor what it draws.
        name: Of the stage: title of the bar, part of the checkpoint's name. Stages in one folder need different ones.
        update: What moves without a gradient, such as discrete codes: called with the number of the step that follows,
            before step 0 and then every ``update_every`` steps. It changes buffers, so that checkpoints hold it.

    Returns:
        The history; terms of parts are named ``part/term``, and ``total`` is the sum of their totals.

    Raises:
        TrainingError: A loss term, gradient or score is not finite.
        BadInputError: Nothing to train, no such device, or a checkpoint of another run.
        BadFileError: The checkpoint is damaged.
        KeyboardInterrupt: Ctrl-C; a checkpoint has been written.
    """
    everyone = _parts(parts, losses)
    device = device_of(run.device)
    for part in everyone.values():
        refuse_other_precision(config, part.module)
        part.module.to(device).train()
    with random_numbers(f"{name} {run.seed}", device):
        return _Training(everyone, batches, config, run, validate, name, device, update).history()


class _Training:
    def __init__(
        self,
        parts: Mapping[str, Optimised],
        batches: Callable[[int], Any],
        config: TrainingConfig,
        run: Run,
        validate: Callable[[], float] | None,
        name: str,
        device: torch.device,
        update: Callable[[int], None] | None,
    ) -> None:
        self.batches, self.config, self.run, self.name, self.device = batches, config, run, name, device
        self.validate, self.update = validate if config.validate_every else None, update
        self.modules = {key: part.module for key, part in parts.items()}
        self.processes = Processes.now() if run.together else Processes()
        self.steppers = {
            key: Stepper(part, config, f"{key}/" if key else "", self.processes) for key, part in parts.items()
        }
        self.watch = Watch(1 if device.type == "cpu" else CHECK_EVERY)
        self.made_by = {
            "name": name,
            "seed": run.seed,
            "identity": run.identity,
            "device": device.type,
            "bf16": uses_bf16(config, device),
            "training": config,
            "players": {key: {"config": part.config, "rates": part.rates} for key, part in parts.items()},
        } | ({"processes": self.processes.count} if self.processes.count > 1 else {})
        self.path = None if run.folder is None else checkpoint_path(run.folder, name)
        self.progress = Progress()
        if self.path is not None:
            self.progress = load_checkpoint(self.path, self.steppers, self.made_by, device) or self.progress

    def history(self) -> History:
        """Takes the steps that are left."""
        progress, steps = self.progress, self.config.steps
        with ExitStack() as stack:
            bar = stack.enter_context(
                progress_bar(
                    total=steps,
                    initial=progress.step,
                    desc=self.name,
                    show=self.run.progress and self.processes.first,
                )
            )
            interrupt = stack.enter_context(deferred_interrupt())
            while not progress.stopped:
                started = time.perf_counter()
                self._step(bar)
                progress.history.seconds += time.perf_counter() - started
                bar.update()
                if progress.stopped or interrupt.asked or progress.step % self.run.checkpoint_every == 0:
                    self._log(bar)
                    self._save()
                if interrupt.asked:
                    raise KeyboardInterrupt
        progress.best.restore(self.modules)
        for module in self.modules.values():
            module.eval()
        return progress.history

    def _step(self, bar: Any) -> None:
        progress, config = self.progress, self.config
        if self.update is not None and progress.step % config.update_every == 0:
            with evaluating(self.modules), torch.no_grad():
                self.update(progress.step)
        first = progress.step * config.accumulate
        drawn = [self.processes.share(self.batches(first + index)) for index in range(config.accumulate)]
        batches = [placed(each, self.device) for each in drawn]
        self.processes.own_random_numbers(f"{self.name} {self.run.seed} {progress.step}")
        for stepper in self.steppers.values():
            stepper.turn(batches, progress.step, lambda: autocast(config, self.device), self.watch)
        progress.step += 1
        last = progress.step == config.steps
        if last or progress.step % self.watch.every == 0:
            self._log(bar)
        if self.validate is not None and (last or progress.step % config.validate_every == 0):
            self._log(bar)
            self._validate()
        progress.stopped = last or 0 < config.patience <= progress.best.waited

    def _log(self, bar: Any) -> None:
        """Reads what the steps said, checks it, and keeps every so manieth row."""
        for step, row in self.watch.read():
            if step == self.config.steps or step % math.ceil(self.config.steps / ROWS) == 0:
                total = sum(value for key, value in row.items() if key.endswith("/total"))
                row = {"step": step} | row | ({} if "total" in row else {"total": total})
                rate = next(iter(self.steppers.values())).config.rate_at(step - 1)
                self.progress.history.steps.append(row | {"learning_rate": rate})
                bar.set_postfix({key: f"{row[key]:.3g}" for key in row if key != "step"}, refresh=False)

    def _validate(self) -> None:
        progress = self.progress
        with evaluating(self.modules), torch.no_grad(), random_numbers(f"validation {self.run.seed}", self.device):
            score = self.processes.of_first(float(self.validate()))
        check_score(score, progress.step)
        progress.best.see(score, progress.step, self.modules)
        progress.history.validations.append({"step": progress.step, "score": score})
        progress.history.best_step = progress.best.step

    def _save(self) -> None:
        if self.path is not None and self.processes.first:
            save_checkpoint(self.path, self.steppers, self.progress, self.made_by, self.device)


def _parts(parts: nn.Module | Mapping[str, Optimised], losses: Losses | None) -> Mapping[str, Optimised]:
    one = isinstance(parts, nn.Module)
    if one == (losses is None) or not (one or parts):
        raise BadInputError("train takes a module and its losses, or parts.", "give losses with a module only.")
    if not one and any("/" in key for key in parts):
        raise BadInputError(f"parts are called {', '.join(parts)}.", "do not use '/' in their names.")
    return {"": Optimised(parts, losses)} if one else parts
