from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.data.drawing import stored
from zsr_lib.data.drawing.stored import DrawingJob, drawn_pixels


@pytest.fixture
def job():
    photos = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), dtype=np.uint8)
    return DrawingJob(photos, [0, 0, 2], [1, 2, 3], "canny", workers=1, progress=False)


def test_the_key_knows_everything_that_decides_the_pixels(job, monkeypatch):
    other_photo = job.photos.copy()
    other_photo[2, 0, 0, 0] ^= 1
    changed = [
        replace(job, photos=other_photo),
        replace(job, photos=job.photos.reshape(3, 8, 32, 3)),
        replace(job, rows=[0, 1, 2]),
        replace(job, seeds=[1, 2, 4]),
        replace(job, style="xdog"),
    ]
    keys = [each.key for each in (job, *changed)]
    monkeypatch.setattr(stored, "source_checksum", lambda folder: "other code")
    assert len({*keys, job.key}) == 7


def test_how_the_work_is_done_does_not_change_the_key(job):
    assert replace(job, workers=4, progress=True, photos=job.photos[:, ::-1][:, ::-1]).key == job.key


def test_rows_say_which_photo_is_drawn(job, cache_of_its_own):
    pixels = drawn_pixels(job)
    assert pixels.shape == (3, 16, 16, 3)
    np.testing.assert_array_equal(pixels[0], pixels[1])  # canny has no hand that could shake
    np.testing.assert_array_equal(pixels[2], stored.draw(job.photos[2], "canny", 3))


def test_a_failed_drawing_leaves_nothing_behind(job, cache_of_its_own, monkeypatch):
    def fail(photo, style, seed):
        raise RuntimeError("pen broke")

    monkeypatch.setattr(stored, "draw", fail)
    with pytest.raises(RuntimeError, match="pen broke"):
        drawn_pixels(job)
    assert not [path for path in (cache_of_its_own / "store").iterdir() if path.is_dir()]


@pytest.fixture
def cache_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path))
    return tmp_path
