"""Networks by name, without weights: any torchvision classifier, and small networks of our own."""

from torch import nn

from zsr_lib.errors import UnknownNameError
from zsr_lib.features.edge_cnn import EdgeCNN
from zsr_lib.features.efficientnet_lite import EfficientNetLite0
from zsr_lib.features.small_cnn import SmallCNN
from zsr_lib.features.torchvision_import import import_torchvision
from zsr_lib.training.reproducible import initial_weights

OWN: dict[str, type[nn.Module]] = {"small_cnn": SmallCNN, "edge_cnn": EdgeCNN}
"""Small networks for 64-pixel images, without a classifier."""
CLASSIFIERS: dict[str, type[nn.Module]] = {"efficientnet_lite0": EfficientNetLite0}
"""Classifiers that torchvision does not have."""
IN_FLOAT64 = ("small_cnn",)
"""Computed in float64 and then rounded to float32, unless a configuration says otherwise: on 64 pixels it costs little,
and features are the same on every processor but for single last digits, whatever the order in which it adds."""
TRAINING_FREE = ("pixels", "hog")
NOT_PICTURES = ("words", "sentence_encoder", "open_clip", "given")
"""What describes items that are no pictures: sentences by their words or an encoder, and features that data sets bring
along."""
_AS_RELEASED = {"aux_logits": True, "transform_input": True, "init_weights": False}
_OPTIONS = {"googlenet": _AS_RELEASED, "inception_v3": _AS_RELEASED}
"""These two differ from what was released unless told so; the rest is as released without options."""


def backbone_names() -> tuple[str, ...]:
    """All names of backbones: training-free ones, those of other items than pictures, ours, others', torchvision's."""
    models = import_torchvision().models
    return (*TRAINING_FREE, *NOT_PICTURES, *OWN, *CLASSIFIERS, *models.list_models(module=models))


def build_network(name: str, seed: int = 0) -> nn.Module:
    """A network with random weights, its classifier included.

    Args:
        name: One of `OWN` or a torchvision classifier's name.
        seed: Of the weights; torch's global generator is left as it was.

    Raises:
        UnknownNameError: No such backbone; names the nearest.
    """
    with initial_weights(seed):
        if own := (OWN | CLASSIFIERS).get(name):
            return own()
        known = backbone_names()
        if name not in known or name in TRAINING_FREE:
            raise UnknownNameError("backbone", name, known)
        return import_torchvision().models.get_model(name, weights=None, **_OPTIONS.get(name, {}))


def without_classifier(network: nn.Module) -> str:
    """Puts an identity in the place of the last layer, so that a torchvision classifier returns what went into it.

    For most families that is the pooled last map, for VGG and AlexNet the second 4096-d layer after its ReLU.

    Returns:
        The name of the layer that was replaced; '' for our own networks, which have no classifier.
    """
    if isinstance(network, tuple(OWN.values())):
        return ""
    layers = [name for name, layer in network.named_modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
    parent, _, attribute = layers[-1].rpartition(".")
    setattr(network.get_submodule(parent), attribute, nn.Identity())
    return layers[-1]
