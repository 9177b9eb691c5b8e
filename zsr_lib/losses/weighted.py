"""A sum of named losses that logs each of them."""

from collections.abc import Callable, Mapping

from torch import Tensor, nn

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.losses.base import number

RESERVED = ("total", "step", "learning_rate")
"""What a history row holds beside the terms (`zsr_lib.training.history.History`)."""


class WeightedSum(nn.Module):
    """Σ weight · term over named terms; a term of weight 0 is never computed.

    Args:
        weights: Name → weight, 0 or more.

    Raises:
        BadInputError: A weight is negative or not finite, a name is reserved, or every weight is 0.

    >>> import torch
    >>> total = WeightedSum({"latent": 1.0, "norm": 0.5, "triplet": 0.0})
    >>> code = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> terms = total(latent=lambda: code.sum(), norm=lambda: code.square().sum(), triplet=lambda: 1 / 0)
    >>> {name: term.item() for name, term in terms.items()}
    {'latent': 3.0, 'norm': 5.0, 'total': 5.5}
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        super().__init__()
        self.weights = {name: number(f"the weight of loss '{name}'", weight) for name, weight in weights.items()}
        for name in RESERVED:
            if name in self.weights:
                raise BadInputError(f"a loss term cannot be called '{name}'.", "choose another name.")
        if not any(self.weights.values()):
            raise BadInputError("every loss is switched off.", "give at least one loss a weight above 0.")

    def forward(self, /, **terms: Callable[[], Tensor]) -> dict[str, Tensor]:
        """Computes the terms that count, in the order given.

        Args:
            **terms: Name → function that computes a scalar; exactly the names that have weights.

        Returns:
            Each computed term without its weight and cut off from the graph, for the log; then ``total``, which is
            what to minimise.

        Raises:
            UnknownNameError: A term has no weight, or a weight has no term; names the nearest.
            BadInputError: A term is not a scalar.
        """
        self._check_names(terms)
        computed = {name: _scalar(name, term()) for name, term in terms.items() if self.weights[name]}
        parts = [self.weights[name] * term for name, term in computed.items()]
        return {name: term.detach() for name, term in computed.items()} | {"total": sum(parts[1:], start=parts[0])}

    def _check_names(self, terms: Mapping[str, object]) -> None:
        for name in terms:
            if name not in self.weights:
                raise UnknownNameError("loss term", name, self.weights)
        for name in self.weights:
            if name not in terms:
                raise UnknownNameError("loss weight", name, terms)


def _scalar(name: str, term: Tensor) -> Tensor:
    if not isinstance(term, Tensor) or term.ndim:
        raise BadInputError(f"loss term '{name}' is not a scalar tensor.", "reduce it over the batch first.")
    return term
