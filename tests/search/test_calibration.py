"""What scores mean: known chances are found again, and what ships is what was measured."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from zsr_lib.data.datasets import load_dataset
from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.search.building import build_index
from zsr_lib.search.calibrate_default import default_calibration
from zsr_lib.search.calibration import NAME, calibrated, read_calibration, write_calibration
from zsr_lib.search.default_model import DEFAULT_MODEL
from zsr_lib.search.index import Index
from zsr_lib.search.info_cli import calibrate, info


def drawn_from(share, seed=0):
    """Scores of 60 sketches and 400 pictures of three classes, where `share(score)` of the pairs are of one class."""
    dice = np.random.default_rng(seed)
    sketches, pictures = np.repeat(list("abc"), 20), dice.choice(list("abc"), 400)
    right = sketches[:, None] == pictures[None]
    scores = dice.random(right.shape)
    # Of uniform scores, those are kept that make the chance what it is to be: rejection, for both kinds of pairs.
    for _ in range(60):
        bad = dice.random(right.shape) > np.where(right, share(scores), 1 - share(scores))
        scores[bad] = dice.random(bad.sum())
    return scores, sketches, pictures


def test_a_known_share_is_found_again():
    scores, sketches, pictures = drawn_from(lambda score: score)
    found = calibrated(scores, sketches, pictures, "dice")
    right = sketches[:, None] == pictures[None]
    for low in (0.1, 0.4, 0.7):
        inside = (scores > low) & (scores < low + 0.2)
        assert np.mean(found.expected(scores[inside])) == pytest.approx(right[inside].mean(), abs=0.03)
    assert list(found.shares) == sorted(found.shares)
    assert (found.queries, found.pictures, found.prevalence) == (60, 400, pytest.approx(right.mean(), abs=1e-4))
    assert found.error < 0.15, "classes are alike here, so what others tell holds for the one that is left out"


def test_scores_that_say_nothing_promise_no_more_than_chance():
    scores, sketches, pictures = drawn_from(lambda score: np.full_like(score, 0.5))
    found = calibrated(scores, sketches, pictures, "dice")
    assert np.abs(np.array(found.expected([0.3, 0.5, 0.7])) - found.prevalence).max() < 0.05
    assert found.expected([]) == []
    assert "about 1 of these 2" in found.in_words([0.5, 0.6])


def test_classes_that_cannot_be_compared_are_refused():
    for sketches in (["a", "a"], ["x", "y"]):
        with pytest.raises(BadInputError, match="two classes"):
            calibrated(np.zeros((2, 3)), np.array(sketches), np.array(["a", "b", "b"]), "")


def test_what_was_written_comes_back_or_is_said_to_be_damaged(tmp_path):
    assert read_calibration(tmp_path) is None
    made = calibrated(*drawn_from(lambda score: score), "dice")
    write_calibration(tmp_path, made)
    assert read_calibration(tmp_path) == made
    text = (tmp_path / NAME).read_text()
    for damaged in (text.replace("0.9", "0.8", 1), text[:-9], "[]", "{}", ""):
        (tmp_path / NAME).write_text(damaged)
        with pytest.raises(BadFileError, match="damaged"):
            read_calibration(tmp_path)


@pytest.fixture
def folder(archive, system, tmp_path):
    build_index(archive, tmp_path / "index", system, progress=False)
    return tmp_path / "index"


@pytest.fixture
def sketches(generated, tmp_path):
    from PIL import Image

    for name in ("runway", "harbor", "airplane"):
        (tmp_path / "drawn" / name).mkdir(parents=True)
        for number, pixels in enumerate(generated.sketches.of_classes([name]).pixels[:3]):
            Image.fromarray(np.asarray(pixels)).save(tmp_path / "drawn" / name / f"{number}.png")
    return tmp_path / "drawn"


def test_an_index_is_calibrated_with_labelled_sketches(folder, sketches, sketch):
    assert Index(folder).search(sketch, 1)[0].expected is None
    told = CliRunner().invoke(calibrate, [str(folder), str(sketches)])
    assert (told.exit_code, "6 sketches of 2 classes" in told.output) == (0, True), "the archive has no airplane"
    index = Index(folder)
    hits = index.search(sketch, 12)
    assert [hit.expected for hit in hits] == sorted((hit.expected for hit in hits), reverse=True)
    # By hand: of all pairs with the highest score, the share of one class.
    assert hits[0].expected == pytest.approx(index.calibration.expected([hits[0].score])[0])
    assert np.mean([hit.expected for hit in hits]) == pytest.approx(1 / 3, abs=0.34)
    for examples in ({"photo": True}, {"more": [0]}, {"less": [0]}):
        assert index.search(sketch, 1, **examples)[0].expected is None, "measured of sketches alone"


def test_info_says_what_an_index_holds(folder, archive):
    (archive / "odd.png").write_text("no picture")
    build_index(archive, folder, Index(folder).embedder, progress=False)
    said = CliRunner().invoke(info, [str(folder)]).output
    assert re.search(r"pictures +12\n", said)
    assert "skipped odd.png" in said
    told = json.loads(CliRunner().invoke(info, [str(folder), "--json"]).output)
    assert (told["windows"], told["skipped"], told["windows_with_place"], told["latitudes"]) == (12, 1, 0, None)
    assert told["bytes"] == sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_the_system_that_ships_says_what_to_expect_and_an_index_takes_it_along(archive, tmp_path):
    from zsr_lib.search.embedding import embedder

    shipped = read_calibration(DEFAULT_MODEL)
    assert (shipped.queries, shipped.pictures) == (125, 1400)
    build_index(archive, tmp_path / "index", embedder(), progress=False)
    assert Index(tmp_path / "index").calibration == shipped


@pytest.mark.real_data
def test_what_ships_is_what_is_measured():
    found, shipped = default_calibration(load_dataset("eoc", size=256, progress=False)), read_calibration(DEFAULT_MODEL)
    scores = np.linspace(0, 1, 21)
    assert found.expected(scores) == pytest.approx(shipped.expected(scores), abs=0.02)
    assert (found.prevalence, found.error) == (shipped.prevalence, pytest.approx(shipped.error, abs=0.01))
