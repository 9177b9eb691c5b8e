"""Torch devices by name, checked to be there; imports torch."""

import torch

from zsr_lib.errors import BadInputError


def device_of(name: str, dtype: torch.dtype = torch.float32) -> torch.device:
    """The device called `name`.

    Args:
        name: ``cpu``, ``cuda``, ``cuda:1`` and so on.
        dtype: What must be possible there.

    Raises:
        BadInputError: It is no device's name, or this machine or this build of torch has no such device.
    """
    try:
        device = torch.device(name)
        torch.empty(1, device=device, dtype=dtype)
    except (RuntimeError, TypeError, AssertionError, NotImplementedError) as error:
        raise BadInputError(
            f"the device '{name}' cannot be used here ({str(error).splitlines()[0]}).",
            "use 'cpu', or 'cuda' where torch sees a GPU (`zsr doctor` tells).",
        ) from error
    return device
