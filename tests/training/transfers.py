"""What moves to a device and back, counted on one without numbers, which every machine has."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from zsr_lib.training.config import Run

META = Run(device="meta", progress=False)


class Transfers(TorchDispatchMode):
    """Counts copies to the device and back, which wait for it; what comes back is all ones.

    Whatever else would wait (`item`, `nonzero`, boolean indices) is an error on a device without numbers anyway.
    """

    def __init__(self):
        super().__init__()
        self.there, self.back = 0, 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        source = next((each for each in args if isinstance(each, torch.Tensor)), None)
        on_device = source is not None and source.device.type == "meta"
        name = func.name().partition(".")[0]
        if name == "aten::_to_copy" and "device" in kwargs:
            to_device = torch.device(kwargs["device"]).type == "meta"
            self.there += to_device and not on_device
            if on_device and not to_device:
                self.back += 1
                return torch.ones(source.shape, dtype=kwargs.get("dtype") or source.dtype)
        elif name == "aten::copy_" and on_device and args[1].device.type == "cpu":
            self.there += 1
        return func(*args, **kwargs)
