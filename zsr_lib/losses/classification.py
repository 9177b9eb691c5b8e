"""Classification loss: the code of either modality names its seen class."""

from torch import Tensor
from torch.nn import functional

from zsr_lib.errors import BadInputError
from zsr_lib.losses.base import matching_rows, number, row_labels


def classification(logits: Tensor, labels: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """mean_i −log softmax(logits_i)[labels_i]; smoothed, labels are mixed with the uniform distribution.

    Source of smoothing: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, §7.

    Args:
        logits: (N, C) scores before softmax.
        labels: (N,) class indices, 0 … C − 1.
        label_smoothing: Weight of the uniform distribution, 0 ≤ ε < 1.

    Returns:
        Scalar, in nats.

    Raises:
        BadInputError: A shape, type or label cannot be right. On CUDA the labels' range is not read, which would stop
            the device at every step.
    """
    (logits,) = matching_rows(logits=logits)
    labels = row_labels("labels", labels, logits)
    if labels.device.type == "cpu" and not 0 <= int(labels.min()) <= int(labels.max()) < logits.shape[1]:
        raise BadInputError(
            f"labels run from {int(labels.min())} to {int(labels.max())}, but there are {logits.shape[1]} classes.",
            "give indices of the seen classes, starting at 0.",
        )
    return functional.cross_entropy(logits, labels, label_smoothing=_share(label_smoothing))


def cross_modal_classification(
    photo_logits: Tensor, sketch_logits: Tensor, labels: Tensor, label_smoothing: float = 0.0
) -> Tensor:
    """CE(photo) + CE(sketch), each a mean over its rows.

    Source: L_class of ZSEoC (Chaudhuri et al., arXiv:2008.05225) and of ZSCMR (Chaudhuri et al., CVPR Workshops 2020);
    L_3 of CMIR-Net (Chaudhuri et al., Pattern Recognition Letters 131, 2020) is half of it: one mean over the rows of
    both modalities, one classifier.

    Args:
        photo_logits: (N, C) scores of photos.
        sketch_logits: (N, C) scores of sketches; row i is of the same class as photo i.
        labels: (N,) class indices of both.
        label_smoothing: Weight of the uniform distribution, 0 ≤ ε < 1.

    Raises:
        BadInputError: A shape, type or label cannot be right.

    >>> import torch
    >>> photo_logits, sketch_logits, labels = torch.zeros(6, 4), torch.zeros(6, 4), torch.zeros(6, dtype=torch.int64)
    >>> cross_modal_classification(photo_logits, sketch_logits, labels)  # 2 log 4
    tensor(2.7726)
    """
    matching_rows(photo_logits=photo_logits, sketch_logits=sketch_logits)
    photo = classification(photo_logits, labels, label_smoothing)
    return photo + classification(sketch_logits, labels, label_smoothing)


def _share(label_smoothing: float) -> float:
    if number("label_smoothing", label_smoothing) >= 1:
        raise BadInputError(f"label_smoothing is {label_smoothing}.", "give a number below 1, for example 0.1.")
    return float(label_smoothing)
