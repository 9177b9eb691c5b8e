"""How networks on features start."""

from torch import nn

from zsr_lib.errors import BadInputError


def xavier(net: nn.Module) -> None:
    """Every linear layer's weights drawn by Glorot and Bengio's rule (uniform), its bias 0; in the order of layers.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS
    2010, equation 16, which the released codes of ZSEoC and ZSCMR use for weights.
    """
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


def same_start(encoders: nn.ModuleDict) -> None:
    """Gives every linear encoder the first one's weights.

    Raises:
        BadInputError: The modalities' features differ in size.
    """
    sizes = {name: encoder.in_features for name, encoder in encoders.items()}
    if len(set(sizes.values())) > 1:
        raise BadInputError(
            f"same_start: encoders of features of different sizes ({sizes}) cannot start alike.",
            "use one backbone for both modalities, or same_start: false.",
        )
    first, *others = encoders.values()
    for other in others:
        other.load_state_dict(first.state_dict())
