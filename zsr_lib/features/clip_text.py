"""Sentences through the text tower of a CLIP, by the package open_clip (the extra ``clip``).

Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021; weights are those
that open_clip downloads by name, or a file. They were trained on pictures and texts from the web, so nobody knows which
classes they have read of. No weights are at hand in this project: it was tried with random ones.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError, UnknownNameError
from zsr_lib.features.sentences import check_script
from zsr_lib.features.torchvision_import import import_torchvision
from zsr_lib.features.weights import checksum, find_weights

HOW = "write MODEL:WEIGHTS, as ViT-B-32:laion2b_s34b_b79k (open_clip downloads them) or ViT-B-32:file.pth."


@dataclass(frozen=True, eq=False)
class ClipText:
    """A text tower and its tokenizer.

    Attributes:
        model: Of open_clip, in evaluation mode.
        tokenizer: Of open_clip: texts → (N, L) int64; it cuts off what exceeds L (77 tokens).
        key: Checksum of all weights.
        dimension: D.
    """

    model: Any
    tokenizer: Any
    key: str
    dimension: int

    def __call__(self, sentences: np.ndarray) -> np.ndarray:
        """(N,) texts → (N, D) float32 of unit length, each text by itself.

        Raises:
            BadInputError: A text has no letters, or most of them are of another script than Latin.
        """
        check_script(sentences)
        with torch.inference_mode():
            rows = [self.model.encode_text(self.tokenizer([each]), normalize=True) for each in sentences.tolist()]
        return torch.cat(rows).float().numpy() if rows else np.empty((0, self.dimension), np.float32)


def clip_text(weights: str) -> ClipText:
    """The text tower that ``MODEL:WEIGHTS`` names.

    Args:
        weights: A model of open_clip, a colon, and a name of weights that it knows for it, a path, or the name of a
            file among `zsr_lib.settings.weight_files`.

    Raises:
        BadInputError: It names no model and weights.
        UnknownNameError: open_clip has no such model; names the nearest.
        DataNotFoundError: open_clip or the file is not here, or weights cannot be downloaded.
        BadFileError: The file is damaged, or of another model.
    """
    name, _, which = weights.partition(":")
    if not which:
        raise BadInputError(f"'{weights}' names no model of open_clip with weights.", HOW)
    import_torchvision()  # open_clip imports it, too
    try:
        import open_clip
    except ImportError as error:
        raise DataNotFoundError("open_clip is not installed.", "pip install 'zsr-lib[clip]'.") from error
    if name not in (models := open_clip.list_models()):
        raise UnknownNameError("model of open_clip", name, models)
    return _read(name, which if which in open_clip.list_pretrained_tags_by_model(name) else str(_file(which)))


def _file(name: str) -> Any:
    try:
        return find_weights(name)
    except DataNotFoundError as error:
        raise DataNotFoundError(error.problem, f"{error.remedy.rstrip('.')}; or {HOW}") from error


@lru_cache(maxsize=2)
def _read(name: str, which: str) -> ClipText:
    import open_clip

    try:
        model = open_clip.create_model(name, pretrained=which).eval()
    except Exception as error:  # it raises plain RuntimeErrors, and what downloads and unpickling raise
        raise BadFileError(f"weights '{which}' of {name} cannot be had ({error}).", HOW) from error
    tokenizer = open_clip.get_tokenizer(name)
    with torch.inference_mode():
        dimension = model.encode_text(tokenizer(["a"])).shape[1]
    return ClipText(model, tokenizer, checksum(model), int(dimension))
