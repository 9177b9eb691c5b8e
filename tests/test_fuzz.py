"""Pictures, experiment files and split lists that somebody spoiled: read, or refused in words; never a traceback."""

import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.fuzz import often, spoiled, told, values
from zsr_lib.data.images import decode_bytes
from zsr_lib.data.splits.lists_on_disk import parse_split
from zsr_lib.experiments.reading import find_experiment, read_plan
from zsr_lib.search.query import query_pixels

EXPERIMENTS = ("quick-frozen", "quick-zseoc", "quick-zscmr-ablations", "eoc-zseoc-128")


def written(kind, mode="RGB"):
    dice, stream = np.random.default_rng(0), io.BytesIO()
    picture = Image.fromarray(dice.integers(0, 256, (12, 17, 3), np.uint8)).convert(mode)
    # As a phone says that it was held upright.
    exif = b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"
    picture.save(stream, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return stream.getvalue()


PICTURES = [written(kind) for kind in ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")]
PICTURES += [written("PNG", mode) for mode in ("P", "LA", "I;16", "1")] + [written("TIFF", "CMYK")]


@often
@given(spoiled(PICTURES))
def test_a_spoiled_picture_is_decoded_or_named(data):
    for read in (lambda: decode_bytes(data, "x", 8), lambda: query_pixels(data, 8)):
        pixels = told(read)
        assert pixels is None or (pixels.shape, pixels.dtype) == ((8, 8, 3), np.uint8)


def read_written(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mine.yaml")
        path.write_bytes(text)
        return read_plan(path)


@often
@given(spoiled([find_experiment(name).read_bytes() for name in EXPERIMENTS]))
def test_a_spoiled_experiment_is_read_or_named(text):
    plan = told(lambda: read_written(text))
    assert plan is None or plan.points


@often
@given(st.data())
def test_an_experiment_with_any_value_anywhere_is_read_or_named(data):
    content = yaml.safe_load(find_experiment(data.draw(st.sampled_from(EXPERIMENTS))).read_text())
    place = content
    while True:
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(values)
    plan = told(lambda: read_written(yaml.safe_dump(content).encode()))
    assert plan is None or plan.points


SPLIT = b"name: mine\ndataset: eoc\nseen: [airplane, 'beach']\nunseen: [runway, harbor]\nsource: me, 2020\n"


@often
@given(
    spoiled([SPLIT]).map(lambda data: data.decode("utf-8", "replace"))
    | st.fixed_dictionaries(
        {"dataset": values, "seen": values, "unseen": values}, optional={"name": values, "source": values}
    ).map(lambda content: yaml.safe_dump(content))
)
def test_a_spoiled_split_list_is_read_or_named(text):
    split = told(lambda: parse_split(text, "mine"))
    assert split is None or split.unseen is not None


@pytest.mark.parametrize("data", PICTURES)
def test_what_is_spoiled_was_good(data):
    assert decode_bytes(data, "x", 8).shape == (8, 8, 3)
