"""Two fitted systems, a task, and a drawing as the pad hands it over."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.scenes import first
from zsr_lib.data.task import build_task
from zsr_lib.models.registry import create
from zsr_lib.search.gallery import Gallery
from zsr_lib.training.config import Run

HOG = {"features": {"backbone": "hog", "size": 64}}


@pytest.fixture(scope="session")
def task(scenes):
    return build_task(first(scenes, 6), "generated-14-6", 0, 0)


@pytest.fixture(scope="session")
def systems(task, session_cache):
    """Float codes and bits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSR_CACHE", str(session_cache))
        made = {
            "floats": create("standardised", HOG),
            "bits": create("binary", {"of": "standardised", "options": HOG, "bits": 64}),
        }
        for system in made.values():
            system.fit(task, Run(progress=False))
        return made


@pytest.fixture
def gallery(systems, task):
    return Gallery(systems, task)


@pytest.fixture
def drawing(task):
    """Bytes of a PNG file: a sketch of a runway, 256 px."""
    return png(np.asarray(task.dataset.sketches.of_classes(["runway"]).pixels[0]))


def png(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).resize((256, 256)).save(stream, "PNG")
    return stream.getvalue()
