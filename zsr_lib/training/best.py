"""Early stopping: the best state so far, and how long ago that was."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor, nn


@dataclass
class Best:
    """The state of the modules at the best validation.

    Attributes:
        score: The best score; None before the first validation.
        step: After how many steps it was reached.
        waited: Validations since then.
        state: Player → name → tensor.
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
            player: {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}
            for player, module in modules.items()
        }

    def restore(self, modules: Mapping[str, nn.Module]) -> None:
        """Gives the modules the best state back, where there is one."""
        for player, state in self.state.items():
            modules[player].load_state_dict(state)
