"""A small fitted system and a small archive of pictures."""

import numpy as np
import pytest
from PIL import Image

from tests.scenes import first
from zsr_lib.data.task import build_task
from zsr_lib.models.registry import create
from zsr_lib.models.saving import save
from zsr_lib.search.embedding import embedder
from zsr_lib.training.config import Run


@pytest.fixture(scope="session")
def generated(scenes):
    return first(scenes, 8)


@pytest.fixture(scope="session")
def model_folder(generated, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    system = create("standardised", {"features": {"backbone": "hog", "size": 64}})
    system.fit(build_task(generated, "generated-14-6", 0, 0), Run(progress=False))
    save(system, folder)
    return folder


@pytest.fixture
def system(model_folder):
    return embedder(model_folder)


@pytest.fixture
def archive(generated, tmp_path):
    """Twelve photos of three classes in two levels of folders."""
    root = tmp_path / "archive"
    for name in ("runway", "harbor", "golfcourse"):
        photos = generated.photos.of_classes([name])
        (root / "tiles" / name).mkdir(parents=True)
        for number in range(4):
            Image.fromarray(np.asarray(photos.pixels[number])).save(root / "tiles" / name / f"{number}.png")
    return root


@pytest.fixture
def sketch(generated, tmp_path):
    """A drawing of a runway."""
    path = tmp_path / "sketch.png"
    Image.fromarray(np.asarray(generated.sketches.of_classes(["runway"]).pixels[0])).save(path)
    return path
