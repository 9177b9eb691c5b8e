"""Checkpoints: all that a run needs to go on as if it had never stopped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from zsr_lib.configs import plain
from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.training.history import History
from zsr_lib.training.optimised import Stepper
from zsr_lib.training.reproducible import random_states, restore_random_states
from zsr_lib.training.tensor_file import read_tensors, write_tensors

FORMAT = 1


@dataclass
class Best:
    """The state of the modules at the best validation, for early stopping.

    Attributes:
        score: The best score; None before the first validation.
        step: After how many steps it was reached.
        waited: Validations since then.
        state: Part → name → tensor.
    """

    score: float | None = None
    step: int | None = None
    waited: int = 0
    state: dict[str, dict[str, Tensor]] = field(default_factory=dict)

    def see(self, score: float, step: int, modules: Mapping[str, nn.Module]) -> None:
        """Takes note of a validation; of equal scores the first is kept."""
        if self.score is not None and score <= self.score:
            self.waited += 1
            return
        self.score, self.step, self.waited = score, step, 0
        self.state = {
            part: {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}
            for part, module in modules.items()
        }

    def restore(self, modules: Mapping[str, nn.Module]) -> None:
        """Gives the modules the best state back, where there is one."""
        for part, state in self.state.items():
            modules[part].load_state_dict(state)


@dataclass
class Progress:
    """How far a run is.

    Attributes:
        step: Steps done.
        stopped: Nothing is left to do: all steps, or early stopping.
        best: The best state so far.
        history: What was logged so far.
    """

    step: int = 0
    stopped: bool = False
    best: Best = field(default_factory=Best)
    history: History = field(default_factory=History)


def checkpoint_path(folder: Path, name: str = "training") -> Path:
    """Where the stage called `name` keeps its checkpoint."""
    return folder / f"checkpoint-{name}.safetensors"


def checkpoints_in(folder: Path) -> list[Path]:
    """The checkpoints of all stages in a folder; they may go once the fitted system is saved."""
    return sorted(folder.glob("checkpoint-*.safetensors"))


def save_checkpoint(
    path: Path, steppers: Mapping[str, Stepper], progress: Progress, made_by: Mapping[str, Any], device: torch.device
) -> None:
    """Writes a checkpoint, whole or not at all.

    Args:
        path: See `checkpoint_path`.
        steppers: Their module's state, buffers included, and their optimiser's.
        progress: How far the run is.
        made_by: What must be the same in the run that goes on; ready for JSON.
        device: Whose random state is kept beside the CPU's.

    Raises:
        ZsrError: The disk is full, or the folder cannot be written.
    """
    tensors = {f"random/{name}": state for name, state in random_states(device).items()}
    for part, stepper in steppers.items():
        tensors |= {f"module/{part}/{name}": value for name, value in stepper.module.state_dict().items()}
        for index, values in stepper.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{part}/{index}/{name}": value for name, value in values.items()}
    for part, state in progress.best.state.items():
        tensors |= {f"best/{part}/{name}": value for name, value in state.items()}
    about = {
        "format": FORMAT,
        "made_by": plain(made_by),
        "step": progress.step,
        "stopped": progress.stopped,
        "best": {name: getattr(progress.best, name) for name in ("score", "step", "waited")},
        "history": progress.history.as_dict(),
    }
    write_tensors(path, tensors, about)


def load_checkpoint(
    path: Path, steppers: Mapping[str, Stepper], made_by: Mapping[str, Any], device: torch.device
) -> Progress | None:
    """Puts modules, optimisers and random states where the checkpoint left them; None where there is no file.

    Raises:
        BadFileError: The file is damaged. It is not passed over: training anew would hide that work was lost.
        BadInputError: It belongs to another configuration, seed or module.
    """
    if not path.is_file():
        return None
    tensors, about = _read(path)
    _compare(about["made_by"], plain(made_by), path)
    groups: dict[str, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        group, _, rest = name.partition("/")
        groups.setdefault(group, {})[rest] = value
    for part, stepper in steppers.items():
        _check_module(stepper, state := _below(groups["module"], part), path)
        stepper.module.load_state_dict(state)
        _load_optimizer(stepper.optimizer, _below(groups.get("optimizer", {}), part))
    restore_random_states(groups["random"], device)
    best = Best(**about["best"])
    if best.step is not None:
        best.state = {part: _below(groups["best"], part) for part in steppers}
    return Progress(about["step"], about["stopped"], best, History(**about["history"]))


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    try:
        tensors, about = read_tensors(path)
        version = about["format"]
    except (OSError, ValueError, KeyError) as error:
        raise BadFileError(f"checkpoint {path} is damaged ({error}).", "delete it; training starts anew.") from error
    if version != FORMAT:
        raise BadFileError(
            f"checkpoint {path} has format {version}; this version reads {FORMAT}.",
            "delete it, or go on with the version that wrote it.",
        )
    return tensors, about


def _compare(found: Mapping[str, Any], wanted: Mapping[str, Any], path: Path, where: str = "") -> None:
    for key in (*wanted, *(found.keys() - wanted.keys())):
        was, now = found.get(key), wanted.get(key)
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            _compare(was, now, path, f"{where}{key}.")
        elif was != now:
            raise BadInputError(
                f"checkpoint {path} was made with {where}{key} = {was!r}, this run has {now!r}.",
                "train in another folder, or delete the checkpoint to start anew.",
            )


def _check_module(stepper: Stepper, state: Mapping[str, Tensor], path: Path) -> None:
    wanted = {name: tuple(value.shape) for name, value in stepper.module.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in state.items()}
    for name in (*wanted, *found):
        if wanted.get(name) != found.get(name):
            raise BadInputError(
                f"checkpoint {path} belongs to another module: '{name}' is {found.get(name, 'missing')} there and "
                f"{wanted.get(name, 'missing')} here.",
                "train in another folder, or delete the checkpoint to start anew.",
            )


def _load_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        index, _, what = name.partition("/")
        state.setdefault(int(index), {})[what] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _below(tensors: Mapping[str, Tensor], part: str) -> dict[str, Tensor]:
    start = f"{part}/"
    return {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}
