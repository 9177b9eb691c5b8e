"""What a notebook writes."""

import numpy as np
import pytest
from PIL import Image

from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.search.api import embed, index, search


def test_one_vector_a_picture_in_the_order_of_the_files(archive, model_folder):
    files = sorted(archive.rglob("*.png"))
    codes = embed(files, model=model_folder)
    assert codes.shape[0] == len(files)
    assert codes.dtype == np.float32
    rounding = {"rtol": 1e-5, "atol": 1e-6}
    np.testing.assert_allclose(embed(files[::-1], model=model_folder), codes[::-1], **rounding)
    np.testing.assert_allclose(embed(str(files[3]), model=model_folder)[0], codes[3], **rounding)


def test_a_picture_is_found_by_its_own_vector(archive, model_folder, tmp_path):
    found = index(archive, tmp_path / "index", model_folder, progress=False)
    for path in sorted(archive.rglob("*.png"))[::5]:
        assert found.nearest(embed(path, model=model_folder)[0], 1)[0].path == path


def test_a_sketch_finds_the_same_from_a_file_and_from_an_open_index(archive, model_folder, sketch, tmp_path):
    opened = index(archive, tmp_path / "index", model_folder, progress=False)
    assert search(tmp_path / "index", sketch, 5) == opened.search(sketch, 5)
    code = embed(sketch, "sketch", model_folder)
    assert opened.nearest(code[0], 5) == opened.search(sketch, 5)


def test_what_cannot_be_embedded_is_told(tmp_path, model_folder):
    with pytest.raises(BadInputError, match="nothing to embed"):
        embed([], model=model_folder)
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(BadFileError, match=r"text\.png"):
        embed(tmp_path / "text.png", model=model_folder)
    Image.new("RGB", (64, 64), "white").save(tmp_path / "empty.png")
    with pytest.raises(BadInputError, match="empty"):
        embed(tmp_path / "empty.png", "sketch", model_folder)
    with pytest.raises(BadInputError, match="'drawing'"):
        embed(tmp_path / "empty.png", "drawing", model_folder)
