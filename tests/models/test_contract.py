"""Every registered system, fitted once, keeps the contract; formulas are tested in each system's own file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.models.conftest import generated_task
from tests.models.shapes import TINY, shapes_task, with_names, with_partners, with_text
from zsr_lib.errors import BadInputError
from zsr_lib.experiments.contract import CONTRACT, Asked
from zsr_lib.models.registry import create, method_names
from zsr_lib.models.saving import save
from zsr_lib.training.config import Run

HOG = {"features": {"backbone": "hog", "size": 64}}
PIXELS = {"features": {"backbone": "pixels", "size": 32}, "training": {"steps": 100, "batch_size": 24}}
HEADS = {"semantics": "attributes", "training": {"steps": 60, "batch_size": 64}}
# On raw features the squares of the reconstruction outweigh all other terms.
ZSEOC = HOG | HEADS | {"losses": {"reconstruction": 0.0}}
ZSCMR = HOG | HEADS | {"losses": {"latent": 1 / 64, "reconstruction": 1 / 1764}}
SAE = HOG | {"semantics": "attributes", "weight": 1.0}
STANDARD = HOG | HEADS | {"standardise": True}
CVAE = HOG | {"latent": 16, "widths": [64, 32], "draws": 4, "training": HEADS["training"]}
BITS = {"of": "zseoc", "options": ZSEOC | {"learned_size": 64}}
FUSED = {
    "parts": {
        "hog": {"of": "standardised", "options": HOG, "weight": 2.0},
        "pixels": {"of": "standardised", "options": {"features": {"backbone": "pixels", "size": 32}}},
    }
}
LEGACY = HOG | {"finetune": None}
STAGES = {"stage_one": {"steps": 20, "batch_size": 16}, "training": {"steps": 30, "batch_size": 16}}
TAIL = {"block": 1, "auxiliary_classes": 3, "training": {"steps": 60, "learning_rate": 1e-3}}
VIT = {"width": 24, "depth": 2, "heads": 2, "hidden": 32, "patch": 8, "dropout": 0.0}
PIXEL_TOKENS = {
    "size": 32,
    "cross": {"heads": 2, "hidden": 32},
    "reduced": 8,
    "training": {"steps": 6, "batch_size": 8, "learning_rate": 1e-3},
}
FIRST = {"training": PIXEL_TOKENS["training"]}
MAP_TOKENS = {
    "features": TINY,
    "block": 2,
    "width": 64,
    "hidden": 32,
    "reduced": 8,
    "training": {"steps": 20, "batch_size": 8, "learning_rate": 1e-4},
}
READS = {"descriptions": str(Path(__file__).parent / "words" / "described_shapes.yaml")}
HEADS_8 = {"training": {"steps": 20, "batch_size": 8, "learning_rate": 1e-3}}
FEW = {"training": {"steps": 40, "batch_size": 64}}
BITWISE = HOG | {"bits": 24, "training": {"steps": 40, "batch_size": 64, "update_every": 20}}
# From random weights, a few steps on four classes of shapes teach little about others: no margin is asked for.
ON_PIXELS = {"training": {"steps": 4, "batch_size": 8, "update_every": 2}}
PRETEXT = {"size": 16, "width": 32, "patches": {"side": 10, "gap": 4, "jitter": 1}}
PRETEXT |= {"training": {"steps": 40, "batch_size": 8}}
TRIPLET = HOG | {"training": {"steps": 20, "batch_size": 16}}
TUNED = {"features": {"backbone": "small_cnn", "weights": "none", "size": 32}}


@dataclass(frozen=True)
class Case:
    """A system with options that fit in seconds.

    `margin` is what it beats chance by (None: nothing is asked), `width` the bytes or numbers of its codes, `parts`
    what was trained, always on the seen classes; `shapes` asks for the smaller data set, `seeded` says whether the
    seed changes the codes, `partners` asks for sketches that name a photo, `given` changes the task.
    """

    name: str
    options: dict[str, Any]
    margin: float | None
    width: int
    parts: tuple[str, ...] = ("heads",)
    shapes: bool = False
    seeded: bool = True
    partners: bool = False
    given: Callable | None = None


CASES = {
    "frozen": Case("frozen", HOG, 0.02, 1764, (), seeded=False),
    "standardised": Case("standardised", HOG, 0.02, 1764, ("standardisation",), seeded=False),
    "standardised, whitened": Case(
        *("standardised", HOG | {"whitening": 0.5, "dimension": 64}, 0.02, 64, ("standardisation",)), seeded=False
    ),
    "standardised, tuned": Case(
        "standardised",
        TUNED | {"finetune": {"training": {"steps": 3, "batch_size": 8}}},
        *(None, 128, ("fine-tuned backbone", "standardisation")),
    ),
    "cnn_baseline": Case("cnn_baseline", PIXELS, 0.05, 128, shapes=True),
    "zseoc": Case("zseoc", ZSEOC, 0.05, 30),
    "zseoc, learned map": Case("zseoc", ZSEOC | {"learned_size": 128}, 0.05, 128),
    "zscmr": Case("zscmr", ZSCMR, 0.05, 64),
    # The released objectives hardly tie photos to sketches, and never ask for more: the margins are small.
    "legacy_zseoc": Case("legacy_zseoc", LEGACY | {"training": {"steps": 40, "batch_size": 64}}, 0.01, 300),
    "legacy_zscmr": Case(
        "legacy_zscmr", LEGACY | {"training": {"steps": 60, "batch_size": 64, "learning_rate": 0.01}}, 0.01, 300
    ),
    "zseoc_plus": Case(
        *("zseoc_plus", {"features": TINY, "styles": ["xdog", "canny"], "tail": TAIL}, 0.05, 256),
        *(("fine-tuned blocks", "standardisation"), True),
    ),
    "zscmr_plus": Case(
        *("zscmr_plus", {"features": TINY | {"rotations": 2}, "tail": TAIL | {"own_turns": "mirror"}}, 0.05, 128),
        *(("fine-tuned blocks", "standardisation"), True),
    ),
    # In seconds these learn nothing: what they beat chance by is their experiments' affair.
    "zse_sbir": Case("zse_sbir", PIXEL_TOKENS | {"trunk": VIT}, None, 24, shapes=True),
    "mlagt": Case("mlagt", PIXEL_TOKENS | {"trunk": VIT | {"keep": [1.0, 0.5]}}, None, 24, shapes=True),
    "mlagt, pretrained": Case(
        *(
            "mlagt",
            PIXEL_TOKENS | {"trunk": VIT, "view": "gradients", "pretraining": {"training": PIXEL_TOKENS["training"]}},
        ),
        *(None, 24, ("heads", "pretraining"), True),
    ),
    "legacy_mlagt": Case("legacy_mlagt", PIXEL_TOKENS | {"trunk": VIT | {"keep": [1.0, 0.5]}}, None, 24, shapes=True),
    "map_tokens": Case("map_tokens", MAP_TOKENS, None, 64, shapes=True),
    "cmaan": Case(*("cmaan", PIXEL_TOKENS | READS | {"trunk": VIT}, None, 24, ("descriptions", "heads")), shapes=True),
    "map_cmaan": Case("map_cmaan", MAP_TOKENS | READS, None, 64, ("descriptions", "heads"), shapes=True),
    "ktir": Case(
        *("ktir", {"features": TINY | {"by": {"text": {"backbone": "words"}}}, "code_size": 32, **HEADS_8}, None, 32),
        shapes=True,
        given=with_text,
    ),
    # It is trained to tell things of one class apart, and with prompts its codes depend on their neighbours.
    "dp_clip": Case(
        "dp_clip", {"features": TINY, "prompts": False, **HEADS_8}, None, 128, shapes=True, given=with_names
    ),
    "sae": Case("sae", SAE, 0.03, 30, ("semantic auto-encoders",), seeded=False),
    "sae, standardised": Case("sae", SAE | {"standardise": True}, 0.03, 30, ("semantic auto-encoders",), seeded=False),
    # HOG has no teacher to ask, and few steps of adversaries lead nowhere far: margins are small.
    "cvae": Case("cvae", CVAE, 0.02, 1764),
    "caae": Case("caae", CVAE, 0.02, 1764),
    "zsih": Case("zsih", STANDARD | {"width": 64, "fused": 16}, 0.02, 8),
    "ems": Case("ems", HOG | {"code_size": 64, "standardise": True, "training": HEADS["training"]}, 0.02, 64),
    "sem_pcyc": Case(
        *("sem_pcyc", STANDARD | {"code_size": 32, "training": {"steps": 15, "batch_size": 32, "learning_rate": 1e-3}}),
        *(0.02, 32),
    ),
    "sake": Case("sake", STANDARD | {"knowledge": 0.0}, 0.05, 64),
    "cmir_net": Case(
        "cmir_net",
        HOG | {"stage_one": {"steps": 100, "batch_size": 64}, "training": {"steps": 150, "batch_size": 64}},
        *(0.05, 128),
    ),
    # From random weights, four classes teach little about others: no margin above chance is asked for.
    "cmir_net_pixels": Case("cmir_net_pixels", STAGES | {"size": 32, "code_size": 16}, None, 16, shapes=True),
    "cross_attention": Case("cross_attention", STAGES | {"size": 32, "code_size": 16}, None, 16, shapes=True),
    "crossatnet": Case("crossatnet", HOG | HEADS, 0.05, 64),
    "siamese_cnn": Case("siamese_cnn", HOG | FEW, 0.03, 64),
    "siamese_cnn, on pixels": Case("siamese_cnn", ON_PIXELS | {"size": 32}, 0.1, 64, shapes=True),
    "san": Case("san", HOG | FEW | {"code_size": 64}, 0.03, 64),
    "san, on pixels": Case("san", ON_PIXELS | {"size": 96, "width": 0.1, "code_size": 32}, 0.05, 32, shapes=True),
    "shape_3d": Case("shape_3d", HOG | FEW, 0.0, 64),
    "shape_3d, on pixels": Case("shape_3d", ON_PIXELS | {"size": 48}, None, 64, shapes=True),
    "gn_triplet": Case("gn_triplet", HOG | {"training": {"steps": 20, "batch_size": 32}}, 0.03, 1024),
    "gn_triplet, on pixels": Case(
        "gn_triplet", ON_PIXELS | {"size": 32, "backbone": "small_cnn"}, None, 128, shapes=True
    ),
    "dsh": Case("dsh", BITWISE | {"semantics": "attributes", "hidden": (64,)}, 0.03, 3),
    "dsh, on pixels": Case(
        *("dsh", ON_PIXELS | {"size": 48, "width": 0.1, "hidden": (32,), "bits": 12, "semantics": "onehot"}),
        *(None, 2, ("heads",), True),
    ),
    "gdh": Case("gdh", BITWISE | {"width": 8}, 0.0, 3),
    "gdh, on pixels": Case(
        *("gdh", ON_PIXELS | {"size": 32, "width": 2, "blocks": 1, "backbone": "small_cnn", "bits": 12}),
        *(None, 2, ("heads",), True),
    ),
    "sse": Case("sse", HOG | {"semantics": "attributes", "training": {"steps": 20, "batch_size": 32}}, 0.03, 11),
    "jlse": Case("jlse", HOG | FEW | {"semantics": "attributes"}, 0.03, 11),
    "zsh": Case("zsh", HOG | {"semantics": "attributes", "bits": 20}, 0.03, 3, ("kernels and rotation",)),
    "context_prediction": Case("context_prediction", PRETEXT, 0.02, 32, ("context prediction",), shapes=True),
    "spatial_pyramid": Case("spatial_pyramid", {"size": 64, "words": 16}, 0.1, 337, ("vocabulary",), shapes=True),
    "hog_star": Case("hog_star", {"size": 64, "window": 3}, 0.1, 8100, (), shapes=True, seeded=False),
    "instance_triplet": Case("instance_triplet", TRIPLET, 0.02, 1764, shapes=True, partners=True),
    "fused": Case("fused", FUSED, 0.02, 1764 + 1024, ("hog: standardisation", "pixels: standardisation"), seeded=False),
    "binary, itq": Case("binary", BITS | {"how": "itq"}, 0.05, 8, ("heads", "ITQ")),
    "binary, sign": Case("binary", BITS | {"how": "sign"}, 0.05, 8, ("heads", "centring")),
    "binary, mean": Case("binary", BITS | {"how": "mean", "bits": 32}, 0.02, 4, ("heads", "centring")),
    "binary, lsh": Case("binary", BITS | {"how": "lsh"}, 0.05, 8, ("heads", "centring")),
    "quantised": Case(
        "quantised", {"of": "standardised", "options": HOG, "parts": 4}, 0.02, 1764, ("standardisation", "centres")
    ),
    "spectral_vit": Case(
        *("spectral_vit", {"size": 32, "trunk": VIT | {"width": 32}, "training": {"steps": 4, "batch_size": 8}}),
        *(None, 32, ("heads",), True),
    ),
    "spectral_vit, frozen": Case(
        *("spectral_vit", {"size": 32, "trunk": VIT | {"width": 32}, "frozen": True}),
        *(None, 32, ("band statistics",), True),
    ),
}
DISTANCES = dict.fromkeys(method_names(), "cosine") | {
    **dict.fromkeys(("zseoc", "legacy_zseoc", "zscmr", "ems", "sem_pcyc", "siamese_cnn", "san"), "euclidean"),
    "quantised": "euclidean",
    **dict.fromkeys(("cmir_net", "cmir_net_pixels", "cross_attention", "crossatnet"), "euclidean"),
    **dict.fromkeys(("legacy_zscmr", "shape_3d", "spatial_pyramid"), "l1"),
    **dict.fromkeys(("binary", "zsih", "dsh", "gdh", "zsh"), "hamming"),
}


# In parallel runs, a group stays with one worker: all tests of a system share its one fit.
GROUPED = [pytest.param(case, marks=pytest.mark.xdist_group(name), id=name) for name, case in CASES.items()]


@pytest.fixture(scope="module", params=GROUPED)
def case(request):
    return request.param


@pytest.fixture(scope="module")
def made(case, generated, session_cache):
    task = shapes_task() if case.shapes else generated_task(generated)
    task = with_partners(task) if case.partners else task
    made = Asked(case.name, case.options, case.given(task) if case.given else task, case.margin)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSR_CACHE", str(session_cache))
        assert len(made.codes) == len(task.gallery())
    return made


def test_every_registered_system_is_asked():
    assert {case.name for case in CASES.values()} == set(method_names())


@pytest.mark.parametrize("holds", CONTRACT, ids=lambda holds: holds.__name__)
def test_it_keeps_the_contract(made, holds, tmp_path):
    holds(made, tmp_path)


def test_its_codes_and_its_parts_are_those_it_is_known_for(made, case):
    kind = np.uint8 if DISTANCES[case.name] == "hamming" else np.float32
    assert (made.codes.shape, made.codes.dtype) == ((len(made.task.gallery()), case.width), kind)
    assert made.method.distance == DISTANCES[case.name]
    parts = {part.name: sorted(part.classes) for part in made.method.trained_parts()}
    assert parts == dict.fromkeys(case.parts, sorted(made.task.seen))


def test_another_seed_gives_other_codes(made, case):
    if not case.seeded:
        pytest.skip("no random number has a part in it")
    queries = made.task.queries()  # some systems leave photos as they are
    other = made.fitted(made.task, Run(seed=1, progress=False)).embed(queries)
    assert np.abs(other.astype(float) - made.method.embed(queries)).max() > 1e-3


def test_before_fitting_it_says_what_to_do(case, made, tmp_path):
    if not case.parts:
        pytest.skip("it has nothing to fit")
    method = create(case.name, case.options)
    with pytest.raises(BadInputError, match=r"(not fitted|there (is|are) no)[\s\S]*fit\(task\)"):
        method.embed(made.task.gallery())
    if case.name not in ("standardised", "sae", "zscmr_plus"):
        with pytest.raises(BadInputError, match=r"not fitted[\s\S]*fit\(task\)"):
            save(method, tmp_path)


def test_an_unknown_modality_is_refused(case, made):
    if case.name in ("frozen", "cnn_baseline"):
        pytest.skip("one code for all modalities")
    with pytest.raises(BadInputError, match="sonar"):
        made.method.embed(replace(made.task.gallery(), modality="sonar"))
