"""The one place that imports torchvision.

torchvision's compiled operators are built against CUDA. Beside a CPU build of torch they cannot be loaded, and
``import torchvision`` then stops with "operator torchvision::nms does not exist" although models and transforms are
pure Python. Declaring the two operators that its import registers fake kernels for makes those parts usable; the
operators themselves stay unavailable. With a matching pair nothing is declared.
"""

from types import ModuleType

from zsr_lib.errors import ZsrError

_DECLARED = []
"""Keeps the operator library alive: torch forgets the declarations when it is collected."""


def import_torchvision() -> ModuleType:
    """torchvision, also where its compiled operators cannot be loaded.

    Returns:
        The module; ``torchvision.ops.nms`` works only with a matching pair of wheels.

    Raises:
        ZsrError: torchvision is missing, or fails for another reason than its compiled operators.
    """
    try:
        return _import()
    except RuntimeError as error:
        if "operator torchvision::" not in str(error):
            raise
    _declare_operators()
    return _import()


def operators_work() -> bool:
    """Whether torchvision's compiled operators are loaded."""
    module = import_torchvision()
    return bool(module.extension._has_ops())


def _import() -> ModuleType:
    try:
        import torchvision
    except ImportError as error:
        raise ZsrError(
            f"torchvision cannot be imported ({error}).",
            "run 'make setup', or: pip install torchvision "
            "(its version must belong to torch's: see the pairs in constraints.txt).",
        ) from error
    return torchvision


def _declare_operators() -> None:
    import torch

    if _DECLARED:
        return
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _DECLARED.append(library)
