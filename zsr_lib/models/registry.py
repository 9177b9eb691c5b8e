"""Systems by name. Adding one = one file in this room with a subclass of `Method`, and one row here."""

import importlib
from collections.abc import Mapping
from typing import Any

from zsr_lib.configs import build
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.models.method import Method

METHODS: dict[str, str] = {
    "frozen": "zsr_lib.models.references.frozen:Frozen",
    "standardised": "zsr_lib.models.references.standardised:Standardised",
    "cnn_baseline": "zsr_lib.models.references.cnn_baseline:CnnBaseline",
    "zseoc": "zsr_lib.models.remote_sensing.zseoc:Zseoc",
    "legacy_zseoc": "zsr_lib.models.remote_sensing.legacy_zseoc:LegacyZseoc",
    "zseoc_plus": "zsr_lib.models.remote_sensing.zseoc_plus:ZseocPlus",
    "zscmr": "zsr_lib.models.remote_sensing.zscmr:Zscmr",
    "legacy_zscmr": "zsr_lib.models.remote_sensing.legacy_zscmr:LegacyZscmr",
    "zscmr_plus": "zsr_lib.models.remote_sensing.zscmr_plus:ZscmrPlus",
    "cvae": "zsr_lib.models.zssbir.cvae:Cvae",
    "caae": "zsr_lib.models.zssbir.caae:Caae",
    "zsih": "zsr_lib.models.zssbir.zsih:Zsih",
    "ems": "zsr_lib.models.zssbir.ems:Ems",
    "sem_pcyc": "zsr_lib.models.zssbir.sem_pcyc:SemPcyc",
    "sake": "zsr_lib.models.zssbir.sake:Sake",
    "zse_sbir": "zsr_lib.models.tokens.zse_sbir:ZseSbir",
    "mlagt": "zsr_lib.models.tokens.mlagt:Mlagt",
    "legacy_mlagt": "zsr_lib.models.tokens.legacy_mlagt:LegacyMlagt",
    "spectral_vit": "zsr_lib.models.tokens.spectral_vit:SpectralVit",
    "map_tokens": "zsr_lib.models.tokens.map_tokens:MapTokens",
    "cmaan": "zsr_lib.models.words.cmaan:Cmaan",
    "map_cmaan": "zsr_lib.models.words.map_cmaan:MapCmaan",
    "ktir": "zsr_lib.models.words.ktir:Ktir",
    "dp_clip": "zsr_lib.models.words.dp_clip:DpClip",
    "siamese_cnn": "zsr_lib.models.sbir.siamese_cnn:SiameseCnn",
    "san": "zsr_lib.models.sbir.san:San",
    "shape_3d": "zsr_lib.models.sbir.shape_3d:Shape3d",
    "gn_triplet": "zsr_lib.models.sbir.gn_triplet:GnTriplet",
    "dsh": "zsr_lib.models.hashing.dsh:Dsh",
    "gdh": "zsr_lib.models.hashing.gdh:Gdh",
    "sse": "zsr_lib.models.zsl.sse:Sse",
    "jlse": "zsr_lib.models.zsl.jlse:Jlse",
    "zsh": "zsr_lib.models.zsl.zsh:Zsh",
    "sae": "zsr_lib.models.zsl.sae:Sae",
    "cmir_net": "zsr_lib.models.cross_modal.cmir_net:CmirNet",
    "cmir_net_pixels": "zsr_lib.models.cross_modal.cmir_net_pixels:CmirNetPixels",
    "cross_attention": "zsr_lib.models.cross_modal.cross_attention:CrossAttention",
    "crossatnet": "zsr_lib.models.cross_modal.crossatnet:CrossAtNet",
    "context_prediction": "zsr_lib.models.pretext.context_prediction:ContextPrediction",
    "instance_triplet": "zsr_lib.models.fine_grained.instance_triplet:InstanceTriplet",
    "spatial_pyramid": "zsr_lib.models.fine_grained.spatial_pyramid:SpatialPyramid",
    "hog_star": "zsr_lib.models.fine_grained.hog_star:HogStar",
    "fused": "zsr_lib.models.references.fused:Fused",
    "binary": "zsr_lib.models.references.binary:Binary",
    "quantised": "zsr_lib.models.references.quantised:Quantised",
}
"""Name → ``module:class``; modules are imported when asked for. `register` adds to it at run time."""


def register(name: str, cls: type[Method]) -> None:
    """Makes a class that is defined elsewhere, for example in a notebook, available as `name`.

    Raises:
        BadInputError: The library has a system of that name: a record of yours would say it was that one.
    """
    spelled = METHODS.get(name, "")
    if spelled.startswith("zsr_lib.") and spelled != f"{cls.__module__}:{cls.__qualname__}":
        raise BadInputError(f"'{name}' is a system of the library.", "give yours a name of its own.")
    METHODS[name] = f"{cls.__module__}:{cls.__qualname__}"
    _FOUND[name] = cls


_FOUND: dict[str, type[Method]] = {}


def method_names() -> tuple[str, ...]:
    """All registered names, in the table's order."""
    return tuple(METHODS)


def method_class(name: str) -> type[Method]:
    """The class registered as `name`.

    Raises:
        UnknownNameError: There is none; names the nearest.
    """
    if name not in METHODS:
        raise UnknownNameError("method", name, METHODS)
    if name not in _FOUND:
        module, _, attribute = METHODS[name].partition(":")
        _FOUND[name] = getattr(importlib.import_module(module), attribute)
    return _FOUND[name]


def create(name: str, options: Mapping[str, Any] | None = None) -> Method:
    """A system by name, not fitted yet.

    Raises:
        UnknownNameError: No such system, or no such option; names the nearest.
        BadInputError: An option has the wrong type.
    """
    cls = method_class(name)
    method = cls(build(cls.Config, options, f"method {name}"))
    method.name = name
    return method
