"""Every registered system, fitted once, keeps the contract; formulas are tested in each system's own file."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from tests.models.conftest import generated_task, spoilt
from tests.models.contract import CONTRACT, Fitted
from tests.models.shapes import TINY, shapes_task, spoilt_task
from zsr_lib.errors import BadInputError
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
BITS = {"of": "zseoc", "options": ZSEOC | {"learned_size": 64}}
FUSED = {
    "parts": {
        "hog": {"of": "standardised", "options": HOG, "weight": 2.0},
        "pixels": {"of": "standardised", "options": {"features": {"backbone": "pixels", "size": 32}}},
    }
}
LEGACY = HOG | {"finetune": None}
TAIL = {"block": 1, "auxiliary_classes": 3, "training": {"steps": 60, "learning_rate": 1e-3}}
TUNED = {"features": {"backbone": "small_cnn", "weights": "none", "size": 32}}


@dataclass(frozen=True)
class Case:
    """A system with options that fit in seconds.

    `margin` is what it beats chance by, `width` the bytes or numbers of its codes, `parts` what was trained, always on
    the seen classes; `shapes` asks for the smaller data set, `seeded` says whether the seed changes the codes.
    """

    name: str
    options: dict[str, Any]
    margin: float
    width: int
    parts: tuple[str, ...] = ("heads",)
    shapes: bool = False
    seeded: bool = True


CASES = {
    "frozen": Case("frozen", HOG, 0.02, 1764, (), seeded=False),
    "standardised": Case("standardised", HOG, 0.02, 1764, ("standardisation",), seeded=False),
    "standardised, tuned": Case(
        "standardised",
        TUNED | {"finetune": {"training": {"steps": 3, "batch_size": 8}}},
        *(-1.0, 128, ("fine-tuned backbone", "standardisation")),
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
    "sae": Case("sae", SAE, 0.03, 30, ("semantic auto-encoders",), seeded=False),
    "sae, standardised": Case("sae", SAE | {"standardise": True}, 0.03, 30, ("semantic auto-encoders",), seeded=False),
    "fused": Case("fused", FUSED, 0.02, 1764 + 3072, ("hog: standardisation", "pixels: standardisation"), seeded=False),
    "binary, itq": Case("binary", BITS | {"how": "itq"}, 0.05, 8, ("heads", "ITQ")),
    "binary, sign": Case("binary", BITS | {"how": "sign"}, 0.05, 8, ("heads", "centring")),
}
DISTANCES = dict.fromkeys(method_names(), "cosine") | {
    **dict.fromkeys(("zseoc", "legacy_zseoc", "zscmr"), "euclidean"),
    **{"legacy_zscmr": "l1", "binary": "hamming"},
}


# In parallel runs, a group stays with one worker: all tests of a system share its one fit.
GROUPED = [pytest.param(case, marks=pytest.mark.xdist_group(name), id=name) for name, case in CASES.items()]


@pytest.fixture(scope="module", params=GROUPED)
def case(request):
    return request.param


@pytest.fixture(scope="module")
def made(case, generated, session_cache):
    task = shapes_task() if case.shapes else generated_task(generated)
    poisoned = spoilt_task() if case.shapes else spoilt(task, task.unseen)
    made = Fitted(case.name, case.options, case.margin, task, poisoned)
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
    kind = np.uint8 if case.name == "binary" else np.float32
    assert (made.codes.shape, made.codes.dtype) == ((len(made.task.gallery()), case.width), kind)
    assert made.method.distance == DISTANCES[case.name]
    parts = {part.name: sorted(part.classes) for part in made.method.trained_parts()}
    assert parts == dict.fromkeys(case.parts, sorted(made.task.seen))


def test_another_seed_gives_other_codes(made, case):
    if not case.seeded:
        pytest.skip("no random number has a part in it")
    other = made.fitted(made.task, Run(seed=1, progress=False)).embed(made.task.gallery())
    assert np.abs(other.astype(float) - made.codes).max() > 1e-3


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
