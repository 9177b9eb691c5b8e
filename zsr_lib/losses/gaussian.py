"""What a variational auto-encoder pays for codes that are not normally distributed."""

from torch import Tensor

from zsr_lib.losses.base import matching_rows


def gaussian_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """mean_i KL(N(μ_i, diag σ_i²) ‖ N(0, I)) = mean_i ½ Σ_d (μ² + σ² − 1 − log σ²), in nats.

    Source: Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014, appendix B; with a condition, in CVAE of
    Yelamarthi et al., "A Zero-Shot Framework for Sketch Based Image Retrieval", ECCV 2018.

    Args:
        mean: (N, D) μ.
        log_variance: (N, D) log σ².

    Raises:
        BadInputError: The shapes differ or are not (N, D).

    >>> import torch
    >>> gaussian_divergence(torch.tensor([[2.0, 0.0]]), torch.zeros(1, 2))  # ½ · 2²
    tensor(2.)
    """
    mean, log_variance = matching_rows(mean=mean, log_variance=log_variance)
    return (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1).mean() / 2
