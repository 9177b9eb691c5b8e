import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side
from zsr_lib.experiments.scoring import score
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
PIXELS = {"features": {"backbone": "pixels", "size": 16}}
AP = "AP@all/std"


@pytest.fixture
def made(task):
    method = create("quantised", {"options": PIXELS, "parts": 8, "centres": 16})
    method.fit(task, QUIET)
    return method


def test_queries_are_whole_and_the_gallery_is_kept_short(task, made):
    gallery, queries = task.gallery(), task.queries()
    unit = made.of.embed(queries)
    unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    np.testing.assert_allclose(made.asked(queries), unit, atol=1e-6)
    codes = made.codes(gallery)
    assert (codes.shape, codes.dtype, codes.max() < 16) == ((len(gallery), 8), np.uint8, True)
    assert len(np.unique(made.embed(gallery), axis=0)) == len(np.unique(codes, axis=0))


def test_scores_are_those_of_whole_queries_and_records_tell_the_bytes(task, made):
    found = score(made, task, [AP], ["sketch→photo"])["sketch→photo"]
    sides = [
        Side(codes, items.class_names.astype(str))
        for codes, items in ((made.asked(task.queries()), task.queries()), (made.embed(task.gallery()), task.gallery()))
    ]
    assert found.evaluation.micro(AP) == pytest.approx(evaluate(*sides, [AP]).micro(AP), abs=1e-9)
    assert found.code == {"length": 8, "type": "indices", "bytes": 8}
    both = create("quantised", {"options": PIXELS, "parts": 8, "centres": 16, "whole_queries": False})
    both.fit(task, QUIET)
    assert both.asked(task.queries()) is None
    assert score(both, task, [AP], ["sketch→photo"])["sketch→photo"].evaluation.micro(AP) != found.evaluation.micro(AP)


def test_every_part_says_which_classes_it_has_seen(task, made):
    assert {part.name: part.classes for part in made.trained_parts()} == {"centres": task.seen}


def test_what_cannot_be_quantised_is_refused(task):
    with pytest.raises(BadInputError, match="compared by hamming"):
        create("quantised", {"of": "binary"})
    with pytest.raises(BadInputError, match="numbers cannot be cut into 300 parts"):
        create("quantised", {"options": {"features": {"backbone": "pixels", "size": 8}}, "parts": 300}).fit(task, QUIET)
