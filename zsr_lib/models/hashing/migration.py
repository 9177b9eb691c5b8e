"""Networks of CycleGAN: what makes pictures of one domain from those of another, and what tells them apart.

Zhu, Park, Isola and Efros, "Unpaired image-to-image translation using cycle-consistent adversarial networks", ICCV
2017, appendix 7.2, with the mask that GDH's released code adds. Chosen: going up, the nearest pixel is repeated and
convolved, where the source has strided convolutions turned round; borders repeat their last pixel, where it mirrors
them. On features both are two layers.
"""

from torch import Tensor, nn


class Residual(nn.Module):
    """(B, C, H, W) → (B, C, H, W): what goes in, and two convolutions of it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        conv = [_convolution(channels, channels, 3) for _ in range(2)]
        self.layers = nn.Sequential(*conv[0], *conv[1][:-1])

    def forward(self, maps: Tensor) -> Tensor:
        """See the class."""
        return maps + self.layers(maps)


class PictureMaker(nn.Module):
    """(B, I, H, W) → (B, O, H, W): three convolutions down, residual blocks, three up; where I = O, mixed by a mask.

    Args:
        inputs: I.
        outputs: O.
        width: Channels after the first convolution; GDH takes 32.
        blocks: Residual blocks; GDH takes 9.
    """

    def __init__(self, inputs: int, outputs: int, width: int, blocks: int) -> None:
        super().__init__()
        self.masked = inputs == outputs
        up = [nn.Upsample(scale_factor=2), *_convolution(4 * width, 2 * width, 3)]
        up += [nn.Upsample(scale_factor=2), *_convolution(2 * width, width, 3)]
        self.layers = nn.Sequential(
            *(*_convolution(inputs, width, 7), *_convolution(width, 2 * width, 3, 2)),
            *(*_convolution(2 * width, 4 * width, 3, 2), *(Residual(4 * width) for _ in range(blocks)), *up),
            nn.Conv2d(width, outputs + self.masked, 7, padding=3, padding_mode="replicate"),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        made = self.layers(pictures)
        if not self.masked:
            return made
        mask = made[:, -1:].sigmoid()  # (B, 1, H, W)
        return mask * made[:, :-1] + (1 - mask) * pictures


class PictureCritic(nn.Sequential):
    """(B, C, H, W) → (B, A): one answer for each patch of 70 pixels; GDH takes a width of 64."""

    def __init__(self, inputs: int, width: int) -> None:
        sizes = ((inputs, width, 2), (width, 2 * width, 2), (2 * width, 4 * width, 2), (4 * width, 8 * width, 1))
        layers = [
            nn.Sequential(
                nn.Conv2d(i, o, 4, stride, 1), nn.InstanceNorm2d(o) if place else nn.Identity(), nn.LeakyReLU(0.2)
            )
            for place, (i, o, stride) in enumerate(sizes)
        ]
        super().__init__(*layers, nn.Conv2d(8 * width, 1, 4, 1, 1), nn.Flatten())


class FeatureMaker(nn.Module):
    """(B, D) → (B, D): what goes in, and what two layers add to it: nothing at first."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(size, width), nn.ReLU(), nn.Linear(width, size))
        nn.init.zeros_(self.layers[-1].weight)
        nn.init.zeros_(self.layers[-1].bias)

    def forward(self, features: Tensor) -> Tensor:
        """See the class."""
        return features + self.layers(features)


def feature_critic(size: int, width: int) -> nn.Module:
    """(B, D) → (B, 1)."""
    return nn.Sequential(nn.Linear(size, width), nn.LeakyReLU(0.2), nn.Linear(width, 1))


def _convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, padding_mode="replicate")
    return [conv, nn.InstanceNorm2d(outputs), nn.ReLU()]
