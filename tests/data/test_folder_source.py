import os
from pathlib import Path

import numpy as np
import pytest

from zsr_lib.data.sets import earth_on_canvas, ucmerced
from zsr_lib.errors import BadFileError, BadInputError, UnknownNameError

from .conftest import draw_tile, draw_ucmerced, state_of

UCM, EOC = ucmerced.SOURCE, earth_on_canvas.SOURCE


def test_plain_folders(root):
    loaded = UCM.load(16, root, False)
    assert loaded.photos.pixels.shape == (42, 16, 16, 3)
    assert loaded.photos.ids[2] == "airplane/airplane00"
    assert loaded.photos.class_names[2] == "airplane"
    assert (loaded.photos.modality, loaded.photos.origin) == ("photo", "camera")
    assert loaded.sketches is None
    assert loaded.notes == ("42 of the complete set's 2100 items of modality photo",)


@pytest.mark.parametrize("layout", ["UCMerced_LandUse/Images", "ucmerced/UCMerced_LandUse/Images", "ucmerced"])
def test_official_tree_below_the_data_root(tmp_path, cache, layout):
    draw_ucmerced(tmp_path / "data" / layout)
    assert UCM.find(tmp_path / "data") == {"photo": tmp_path / "data" / layout}
    assert len(UCM.load(8, tmp_path / "data", False).photos) == 42


def test_sketches_in_any_spelling_and_classes_without(root, eoc_classes):
    loaded = EOC.load(16, root, False)
    assert loaded.classes == loaded.photos.classes == loaded.sketches.classes == eoc_classes
    assert len(loaded.photos) == 28
    assert set(loaded.sketches.class_names) == {"airplane", "storagetanks", "tenniscourt", "golfcourse"}
    assert loaded.sketches.ids[:3].tolist() == ["airplane/1", "airplane/2", "airplane/10"]
    assert (loaded.sketches.modality, loaded.sketches.origin) == ("sketch", "hand")
    assert any(note.startswith("no sketch of: baseballdiamond, buildings") for note in loaded.notes)


def test_sketch_folders_nobody_has_drawn_in_yet(root):
    (root / "eoc_sketches" / "River").mkdir()
    assert "river" not in EOC.load(8, root, False).sketches.class_names


def test_class_folder_without_photos(root):
    for path in (root / "ucmerced" / "river").iterdir():
        path.unlink()
    for source in (UCM, EOC):
        with pytest.raises(BadFileError, match="river holds no image"):
            source.load(8, root, False)


def test_sketches_for_a_class_without_photos(root):
    for path in (root / "ucmerced" / "golfcourse").iterdir():
        path.unlink()
    (root / "ucmerced" / "golfcourse").rmdir()
    with pytest.raises(BadInputError, match="has sketch files of golfcourse, but there are no photos") as caught:
        EOC.load(8, root, False)
    assert "move these files away" in caught.value.remedy
    assert "no photo of: golfcourse" in UCM.load(8, root, False).notes


@pytest.mark.parametrize(("folder", "source"), [("ucmerced", UCM), ("eoc_sketches", EOC)])
def test_unknown_class_folder(root, folder, source):
    draw_tile(root / folder / "harbour town" / "1.png", 1)
    with pytest.raises(UnknownNameError, match="harbour town") as caught:
        source.survey(root, False)
    assert "move it out of" in caught.value.remedy


def test_bad_files_stop_the_load_or_are_skipped_with_a_note(root):
    (root / "ucmerced" / "beach" / "beach01.png").write_text("a note named like a picture")
    whole = UCM.survey(root, False).checksum
    with pytest.raises(BadFileError, match=r"beach01\.png is not an image"):
        UCM.load(8, root, False)
    loaded = UCM.load(8, root, False, skip_bad=True)
    assert len(loaded.photos) == 41
    assert "beach/beach01" not in loaded.photos.ids
    assert any(note.startswith("skipped: ") and "beach01.png" in note for note in loaded.notes)
    assert loaded.checksum != whole


def test_checksum_is_the_survey_s_and_ignores_the_size_but_not_the_bytes(root):
    first = EOC.load(8, root, False)
    assert first.checksum == EOC.load(9, root, False).checksum == EOC.survey(root, False).checksum
    draw_tile(root / "eoc_sketches" / "Aeroplane" / "1.jpg", 77)
    assert EOC.survey(root, False).checksum != first.checksum


def test_data_root_is_only_read(root):
    for path in [root, *root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = state_of(root)
    try:
        EOC.obtain(None, root, False)
        assert len(EOC.load(8, root, False).photos) == 28
        assert state_of(root) == before
    finally:
        for path in [root, *root.rglob("*")]:
            path.chmod(0o755)


@pytest.mark.real_data
@pytest.mark.skipif(not os.environ.get("ZSR_DATA"), reason="ZSR_DATA is not set: no real data on this machine")
def test_real_ucmerced_and_sketches(tmp_path, monkeypatch):
    root = Path(os.environ["ZSR_DATA"])
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path))
    photos = UCM.load(64, root, False).photos
    assert np.array_equal(np.bincount(photos.labels), np.full(21, 100))
    loaded = EOC.load(64, root, False)
    assert len(loaded.photos) == 1400
    shared = np.isin(photos.ids, loaded.photos.ids)
    assert np.array_equal(np.asarray(photos.pixels)[shared], loaded.photos.pixels)
    assert set(loaded.sketches.class_names) >= {"airplane", "buildings", "freeway", "runway", "tenniscourt"}
    assert np.asarray(loaded.sketches.pixels).mean() > 200
