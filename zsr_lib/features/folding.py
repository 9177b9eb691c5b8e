"""Batch normalisation in evaluation mode folded into the convolutions before it: the same function, faster."""

import copy
from itertools import pairwise

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def folded(module: nn.Module) -> nn.Module:
    """A copy in evaluation mode in which each pair of convolution and batch normalisation is one convolution.

    Training such a copy leaves the pretrained statistics where they are. With statistics of small batches of sketches
    in their place, fine-tuning on this field's small data sets costs more than it gains.
    """
    made = copy.deepcopy(module).eval()
    for parent in list(made.modules()):
        names = list(parent._modules)
        for name, following in pairwise(names):
            convolution, norm = parent._modules[name], parent._modules[following]
            if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                parent._modules[name] = fuse_conv_bn_eval(convolution, norm)
                parent._modules[following] = nn.Identity().eval()
    return made
