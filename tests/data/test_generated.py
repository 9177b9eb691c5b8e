import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from zsr_lib.data.generated import generate, recipes_checksum
from zsr_lib.data.scenes import render_height, render_photo, render_sketch
from zsr_lib.errors import BadInputError, UnknownNameError

TWO = ("runway", "airplane")


def drawn(**changes):
    settings = {"per_class": 3, "size": 16, "seed": 4, "classes": TWO, "progress": False, "workers": 1}
    return generate(**(settings | changes))


def test_items_are_numbered_labelled_and_of_recipe_origin():
    sets = drawn()
    assert list(sets) == ["photo", "sketch"]
    photos = sets["photo"]
    assert photos.classes == ("airplane", "runway")
    assert photos.ids.tolist()[:4] == ["airplane/photo/0000", "airplane/photo/0001", "airplane/photo/0002",
                                       "runway/photo/0000"]  # fmt: skip
    assert photos.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert {items.origin for items in sets.values()} == {"recipe"}
    assert photos.pixels.shape == (6, 16, 16, 3)
    assert photos.pairs is None


def test_pixels_are_the_renders():
    sets = drawn(modalities=("photo", "sketch", "height"))
    assert np.array_equal(sets["photo"].pixels[4], render_photo("runway", 4, 1, 16))
    assert np.array_equal(sets["sketch"].pixels[4], render_sketch("runway", 4, 1, 16))
    metres = np.clip(np.rint(render_height("runway", 4, 1, 16)), 0, 255)
    assert np.array_equal(sets["height"].pixels[4, ..., 0], metres)


def test_paired_sketches_show_the_photos_scenes_and_name_them():
    sets = drawn(paired=True)
    assert sets["sketch"].pairs.tolist() == sets["photo"].ids.tolist()
    assert sets["photo"].pairs.tolist() == sets["sketch"].ids.tolist()
    assert np.array_equal(sets["sketch"].pixels[1], render_sketch("airplane", 4, 1, 16, of_photo=True))


def test_a_single_modality_has_no_partner():
    assert drawn(modalities=("photo",), paired=True)["photo"].pairs is None


def test_more_items_of_a_class_leave_the_first_ones_alone():
    assert np.array_equal(drawn(per_class=5)["photo"].pixels[:3], drawn()["photo"].pixels[:3])


def test_seeds_differ():
    assert not np.array_equal(drawn()["photo"].pixels, drawn(seed=5)["photo"].pixels)


def test_the_number_of_workers_does_not_matter(monkeypatch):
    monkeypatch.setattr("zsr_lib.data.generated.FEW", 1)
    alone, together = drawn(per_class=9), drawn(per_class=9, workers=2)
    for modality in alone:
        assert np.array_equal(alone[modality].pixels, together[modality].pixels)
        assert alone[modality].ids.tolist() == together[modality].ids.tolist()


def test_another_process_draws_the_same_bytes():
    script = (
        "from zsr_lib.data.generated import generate; import hashlib\n"
        "d = generate(3, 16, 4, ('runway', 'airplane'), progress=False)\n"
        "print(hashlib.sha256(d['photo'].pixels.tobytes() + d['sketch'].pixels.tobytes()).hexdigest())"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )
    sets = drawn()
    here = hashlib.sha256(sets["photo"].pixels.tobytes() + sets["sketch"].pixels.tobytes()).hexdigest()
    assert run.stdout.strip() == here


def test_progress_is_shown_on_request(capsys):
    drawn(progress=True)
    assert "drawing scenes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"classes": ["runwya"]}, UnknownNameError, "did you mean runway"),
        ({"classes": []}, BadInputError, "no class"),
        ({"classes": ["runway", "runway"]}, BadInputError, "twice"),
        ({"modalities": ("photos",)}, UnknownNameError, "did you mean photo"),
        ({"modalities": ()}, BadInputError, "no modality"),
        ({"per_class": 0}, BadInputError, "per_class is 0"),
        ({"per_class": 2.5}, BadInputError, "per_class"),
        ({"workers": 0}, BadInputError, "workers is 0"),
        ({"size": 1024}, BadInputError, "from 16 to 256"),
        ({"seed": -1}, BadInputError, "seed"),
    ],
)
def test_bad_requests_are_refused_with_a_remedy(changes, error, says):
    with pytest.raises(error, match=says):
        drawn(**changes)


def test_the_checksum_follows_the_recipes(tmp_path, monkeypatch):
    import shutil

    from zsr_lib.data import generated

    source = generated.Path(generated.__file__).parent
    shutil.copytree(source / "scenes", tmp_path / "scenes")
    monkeypatch.setattr(generated, "__file__", str(tmp_path / "generated.py"))
    before = recipes_checksum()
    with (tmp_path / "scenes" / "classes" / "river.py").open("a") as stream:
        stream.write("# wider\n")
    assert recipes_checksum() != before
