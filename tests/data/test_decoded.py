from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from zsr_lib.data.checksums import file_checksums
from zsr_lib.data.decoded import BATCH, SHOWN, DecodeJob, decode_files
from zsr_lib.data.listing import list_images
from zsr_lib.errors import BadFileError

from .conftest import draw_tile


@pytest.fixture
def job(cache, tmp_path):
    """Five tiles of one class, to be decoded at 12 px."""
    for index in range(5):
        draw_tile(tmp_path / "set" / "river" / f"{index}.png", index)
    return job_of(tmp_path / "set")


def job_of(folder, **changes):
    files = list_images(folder, ("river",), ("river",))
    return DecodeJob("demo", "photo", files, file_checksums(files.paths), 12, progress=False, **changes)


def independently(path, size=12):
    return np.asarray(Image.open(path).convert("RGB").resize((size, size), Image.Resampling.BICUBIC))


def test_rows_are_the_files_in_order(job):
    stored = decode_files(job)
    expected = np.stack([independently(path) for path in job.files.paths])
    assert np.array_equal(stored.array("pixels"), expected)
    assert stored.manifest["ids"] == list(job.files.ids)
    assert stored.manifest["sha256"] == list(job.checksums)


def test_more_files_than_one_batch(cache, tmp_path):
    for index in range(BATCH + 3):
        Image.new("L", (2, 2), index % 256).save(draw_tile(tmp_path / "set" / "river" / f"{index}.png", 0, 2))
    pixels = decode_files(job_of(tmp_path / "set")).array("pixels")
    assert np.array_equal(pixels[:, 5, 5, 0], np.arange(BATCH + 3) % 256)


def test_key_depends_on_content_names_and_size(job):
    other = replace(job.files, ids=("river/x", *job.files.ids[1:]))
    changed = [replace(job, size=13), replace(job, checksums=job.checksums[::-1]), replace(job, files=other)]
    assert len({job.key, *(each.key for each in changed)}) == 4
    assert replace(job, skip_bad=True).key == job.key


def test_same_bytes_whatever_the_order_of_threads(job, cache, monkeypatch):
    first = (decode_files(job).folder / "pixels.npy").read_bytes()
    monkeypatch.setenv("ZSR_CACHE", str(cache.parent / "another"))
    assert (decode_files(job).folder / "pixels.npy").read_bytes() == first


@pytest.fixture
def spoiled(job):
    """The same tiles, of which three are bad."""
    folder = job.files.paths[0].parent
    (folder / "1.png").write_bytes(b"")
    (folder / "3.png").write_text("not a picture")
    (folder / "4.png").write_bytes((folder / "4.png").read_bytes()[:100])
    return folder.parent


def test_all_bad_files_are_reported_together(spoiled, cache):
    with pytest.raises(BadFileError, match="3 of 5 photo files of demo cannot be used") as caught:
        decode_files(job_of(spoiled))
    for line in ("1.png is empty", "3.png is not an image", "4.png is damaged or truncated"):
        assert line in caught.value.problem
    assert "zsr data prepare demo --size 12 --skip-bad" in caught.value.remedy
    assert not [path for path in (cache / "store").iterdir() if path.name.startswith("demo") and path.is_dir()]


def test_bad_files_can_be_skipped_and_are_remembered(spoiled):
    stored = decode_files(job_of(spoiled, skip_bad=True))
    assert stored.manifest["ids"] == ["river/0", "river/2"]
    assert stored.manifest["rows"] == [0, 2]
    assert list(stored.manifest["skipped"]) == ["river/1", "river/3", "river/4"]
    assert np.array_equal(stored.array("pixels")[1], independently(spoiled / "river" / "2.png"))
    assert decode_files(job_of(spoiled)).manifest == stored.manifest


def test_mended_files_make_a_new_store(spoiled):
    decode_files(job_of(spoiled, skip_bad=True))
    for index in (1, 3, 4):
        draw_tile(spoiled / "river" / f"{index}.png", index)
    assert len(decode_files(job_of(spoiled)).array("pixels")) == 5


def test_long_lists_of_bad_files_are_cut(cache, tmp_path):
    for index in range(SHOWN + 4):
        (draw_tile(tmp_path / "set" / "river" / f"{index}.jpg", 0, 2)).write_bytes(b"")
    for skip_bad in (False, True):
        with pytest.raises(BadFileError, match="… and 4 more") as caught:
            decode_files(job_of(tmp_path / "set", skip_bad=skip_bad))
        assert caught.value.problem.count("is empty") == SHOWN


def test_file_that_changes_meanwhile_is_noticed(job):
    draw_tile(job.files.paths[2], 99)
    with pytest.raises(BadFileError, match=r"2\.png changed while it was read"):
        decode_files(job)
    job.files.paths[2].unlink()
    with pytest.raises(BadFileError, match=r"2\.png cannot be read"):
        decode_files(job)
