"""The sketch encoder of a fitted system as one ONNX file, from a drawing's pixels to its code.

Everything that `zsr_lib.search.embedding` does to a decoded drawing is in the graph: the resizing that
`zsr_lib.data.images.decode_image` and the backbone ask for, white lines on black turned round, normalisation, the
average over symmetries, and what the system makes of features. A runtime needs nothing but the file.
"""

import copy
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zsr_lib.errors import BadInputError, ZsrError
from zsr_lib.features.exact_resize import ExactResize
from zsr_lib.features.network import Network
from zsr_lib.features.preprocess import IMAGENET_MEAN, IMAGENET_SD
from zsr_lib.features.symmetries import AVERAGED, turned
from zsr_lib.files import atomic_path
from zsr_lib.models.bases.on_features import FeatureMethod
from zsr_lib.models.method import Method
from zsr_lib.models.references.fused import Fused
from zsr_lib.search.embedding import Embedder

SIDE = 256
"""Side of the drawings that the graph takes: the sketch pad's."""
OPSET = 18
LARGE = 1024
"""Weights with fewer numbers stay as they are when a file is halved."""
INPUT, OUTPUTS = "pixels", ("code", "ink")


class Stream(nn.Module):
    """One system on a network: (1, 3, side, side) drawing of 8-bit values, dark on white → (1, D) code.

    Args:
        network: The backbone at work, with its preprocessing.
        finish: What makes codes of its features.
        side: Of the drawing, as the system's pictures are decoded.
    """

    mean: Tensor
    sd: Tensor

    def __init__(self, network: Network, finish: nn.Module, side: int) -> None:
        super().__init__()
        preprocess = network.backbone.preprocess
        self.rotations, self.side, self.finish = network.rotations, preprocess.side, finish
        self.scale = ExactResize(side, preprocess.resized, "torch")
        self.backbone = copy.deepcopy(network.backbone.module).cpu().to(memory_format=torch.contiguous_format)
        for name, values in (("mean", IMAGENET_MEAN), ("sd", IMAGENET_SD)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1) * 255)

    def forward(self, drawing: Tensor) -> Tensor:
        """See the class."""
        top = (self.scale.result - self.side) // 2
        images = self.scale(drawing)[..., top : top + self.side, top : top + self.side].float()
        images = (images - self.mean) / self.sd
        views = torch.cat([turned(images, index) for index in AVERAGED[self.rotations]])
        return self.finish(self.backbone(views).mean(dim=0, keepdim=True))


class SketchEncoder(nn.Module):
    """(1, `SIDE`, `SIDE`, 3) uint8 pixels → (1, D) float32 code, and how much darker the darkest pixel is than paper.

    The second output is a float64 number in 0 … 255. Where it is below `zsr_lib.search.embedding.INK`, the library
    refuses the drawing as empty; the graph does not, its code of such a drawing means nothing.

    Args:
        system: A fitted system on a network's features, or several fused.

    Raises:
        BadInputError: The system is another one, or not fitted.
    """

    def __init__(self, system: Embedder) -> None:
        super().__init__()
        method = system.method
        fused = isinstance(method, Fused)
        self.beside = method.beside if fused else None
        parts = method.parts.values() if fused else [method]
        self.decode = ExactResize(SIDE, system.size, "pillow")
        self.streams = nn.ModuleList([Stream(*_network(each), system.size) for each in parts])

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Code and ink of one drawing."""
        drawing = self.decode(pixels.permute(0, 3, 1, 2).double())
        drawing, ink = _dark_on_white(drawing)
        codes = [stream(drawing) for stream in self.streams]
        return codes[0] if self.beside is None else self.beside(codes), ink


def _dark_on_white(drawing: Tensor) -> tuple[Tensor, Tensor]:
    """`zsr_lib.search.embedding.as_sketch` of (1, 3, S, S) pixels, and how dark its ink is."""
    grey = drawing.sum(dim=1)[0] / 3
    turn = (_median(torch.cat([grey[0], grey[-1], grey[:, 0], grey[:, -1]])) < 128).double()
    grey, drawing = ((1 - 2 * turn) * each + 255 * turn for each in (grey, drawing))
    return drawing, (_median(grey.flatten()) - grey.min()).reshape(1)


def _median(values: Tensor) -> Tensor:
    """Of an even number of values, as NumPy has it: the mean of the middle two."""
    half = len(values) // 2
    largest = torch.topk(values, half + 1).values
    return (largest[half - 1] + largest[half]) / 2


def _network(method: Method) -> tuple[Network, nn.Module]:
    """The network behind the features of sketches, and what follows them."""
    describe = method.extractor("sketch").describe if isinstance(method, FeatureMethod) else None
    finish = method.after_features("sketch") if isinstance(method, FeatureMethod) else None
    if not isinstance(describe, Network) or finish is None:
        raise BadInputError(
            f"the system '{method.name}' with these features cannot be exported: not all of it is a network.",
            "take 'frozen', 'standardised', 'zscmr_plus' or 'fused' with backbones such as small_cnn or mobilenet_v2.",
        )
    return describe, finish


def export_sketches(system: Embedder, path: Path, half: bool = False) -> None:
    """Writes the sketch encoder of a fitted system; the same system gives the same bytes.

    The graph's input ``pixels`` and its outputs ``code`` and ``ink`` are those of `SketchEncoder`.

    Args:
        system: To be exported.
        path: Of the file.
        half: Keep large weights in 16 bits: half as large a file. Everything is computed in 32 bits as before.

    Raises:
        BadInputError: The system cannot be exported.
        ZsrError: onnx or onnxscript is missing, or the file cannot be written.
    """
    encoder = SketchEncoder(system).eval()
    try:
        import onnx
        import onnxscript  # noqa: F401 - torch's exporter needs it
    except ImportError as error:
        raise ZsrError(f"exporting needs {error.name}.", "pip install onnx onnxscript") from error
    blank = torch.full((1, SIDE, SIDE, 3), 255, dtype=torch.uint8)
    names = {"input_names": [INPUT], "output_names": list(OUTPUTS)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of torch about itself
        program = torch.onnx.export(encoder, (blank,), dynamo=True, opset_version=OPSET, verbose=False, **names)
    model = program.model_proto
    _forget_origin(model.graph)
    if half:
        _halve(model.graph)
    onnx.checker.check_model(model, full_check=True)
    with atomic_path(path) as temporary:
        temporary.write_bytes(model.SerializeToString(deterministic=True))


def _forget_origin(graph: Any) -> None:
    """Takes away where in whose files each operation comes from: half of the file, and paths of one machine."""
    graph.ClearField("value_info")
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.initializer):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")


def _halve(graph: Any) -> None:
    """Large float32 weights as float16, each cast back where the graph begins.

    Raises:
        BadInputError: A weight is too large for 16 bits.
    """
    from onnx import TensorProto, helper, numpy_helper

    for weights in [each for each in graph.initializer if each.data_type == TensorProto.FLOAT]:
        values = numpy_helper.to_array(weights)
        if values.size < LARGE:
            continue
        name = weights.name
        if np.abs(values).max() > np.finfo(np.float16).max:
            raise BadInputError(f"weights of {name} do not fit into 16 bits.", "export with half=False.")
        kept = numpy_helper.from_array(values.astype(np.float16), f"{name}_16")
        weights.CopyFrom(kept)
        graph.node.insert(0, helper.make_node("Cast", [kept.name], [name], to=TensorProto.FLOAT))
