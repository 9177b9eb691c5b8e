from dataclasses import replace

import numpy as np
import pytest

from tests.models.shapes import shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.fine_grained.spatial_pyramid import hog_blocks, lines_of
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

WORDS = 8


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSR_CACHE", str(tmp_path_factory.mktemp("cache")))
        task = shapes_task()
        method = create("spatial_pyramid", {"size": 64, "words": WORDS})
        method.fit(task, Run(progress=False))
        yield method, task


def naive(blocks, vocabulary):
    """Histogram by histogram, cell by cell."""
    side, found = len(blocks), []
    inked = [(r, c) for r in range(side) for c in range(side) if blocks[r, c].any()]
    for cells, weight in ((1, 0.25), (2, 0.25), (4, 0.5)):
        for row in range(cells):
            for column in range(cells):
                counts = np.zeros(len(vocabulary))
                for r, c in inked:
                    if (r * cells // side, c * cells // side) == (row, column):
                        counts[((vocabulary - blocks[r, c]) ** 2).sum(axis=1).argmin()] += 1
                found.append(weight * counts / len(inked))
    return np.concatenate([*found, [0.0]])


def test_codes_count_words_cell_by_cell(fitted):
    method, task = fitted
    sketches = task.queries().take(np.arange(3))
    blocks = hog_blocks(lines_of(sketches, "canny", 64), 8)
    codes = method.embed(sketches)
    for code, each in zip(codes, blocks, strict=True):
        np.testing.assert_allclose(code, naive(each, method.vocabulary.numpy()), atol=1e-6)
    np.testing.assert_allclose(codes.sum(axis=1), 1, rtol=1e-5)


def test_l1_distance_is_histogram_intersection(fitted):
    method, task = fitted
    codes = method.embed(task.queries())
    assert method.distance == "l1"
    for one in codes[:4]:
        intersection = np.minimum(one, codes).sum(axis=1)
        np.testing.assert_allclose(intersection, 1 - np.abs(one - codes).sum(axis=1) / 2, atol=1e-5)


def test_blank_paper_is_as_far_from_ink_as_can_be(fitted):
    method, task = fitted
    sketches = task.queries()
    pixels = sketches.pixels.copy()
    pixels[0] = 255
    codes = method.embed(replace(sketches, pixels=pixels))
    np.testing.assert_allclose(np.abs(codes[0] - codes[1:]).sum(axis=1), 2, atol=1e-5)
    assert codes[0].sum() == codes[0, -1] == 1


def test_photos_are_drawn_and_sketches_are_not(fitted):
    _, task = fitted
    sketches, photos = task.queries(), task.gallery()
    side = sketches.pixels.shape[1]
    np.testing.assert_array_equal(lines_of(sketches, "canny", side), sketches.pixels[..., 0])
    assert np.abs(lines_of(photos, "canny", side).astype(int) - photos.pixels[..., 0]).max() > 100


def test_too_few_descriptors_and_odd_sizes_are_refused():
    with pytest.raises(BadInputError, match="lower words"):
        create("spatial_pyramid", {"size": 64, "words": 10**6}).fit(shapes_task(), Run(progress=False))
    for size in (60, 32):
        with pytest.raises(BadInputError, match="multiple of 8"):
            create("spatial_pyramid", {"size": size})
