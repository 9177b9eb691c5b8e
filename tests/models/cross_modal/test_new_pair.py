"""CONTRIBUTING.md says that a new pair of modalities is a folder and a page of text: here is one."""

import re
from pathlib import Path

import pytest
import yaml
from PIL import Image

from tests.models.shapes import shapes
from zsr_lib.errors import ZsrError
from zsr_lib.experiments.cells import cells_of
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.reading import read_plan
from zsr_lib.experiments.run_cell import Where, run_cell
from zsr_lib.reporting.record import Provenance

TEXT = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
(PAGE,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def folder(tmp_path):
    """Filled shapes as photos; as thermal pictures the same classes, in grey and inverted."""
    for items, modality in zip(shapes(per_class=12).items.values(), ("photo", "thermal"), strict=True):
        for name, pixels in zip(items.ids, items.pixels, strict=True):
            path = tmp_path / "mine" / modality / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(255 - pixels if modality == "thermal" else pixels).save(path)
    return tmp_path / "mine"


def made(tmp_path, folder, **changes):
    page = yaml.safe_load(PAGE.replace("DIR", str(folder))) | changes
    path = tmp_path / "thermal.yaml"
    path.write_text(yaml.safe_dump(page, allow_unicode=True), encoding="utf-8")
    return run_cell(cells_of(read_plan(path))[0], Materials(progress=False), Where(
        tmp_path / "runs", Provenance.now({}), progress=False))[0]  # fmt: skip


def test_the_page_runs_as_it_stands_there(tmp_path, folder):
    record = made(tmp_path, folder)
    assert list(record.results) == ["thermal→photo", "photo→thermal", "thermal→thermal"]
    for found in record.results.values():
        assert found["metrics"]["AP@all/std"] > found["chance"]["AP@all/std"] + 0.05
        assert "seen-class" in found["protocol"]["name"]
    assert record.audit["label"] == "clean"


def test_a_modality_that_is_not_there_is_named(tmp_path, folder):
    with pytest.raises(ZsrError, match="thermal"):
        made(tmp_path, folder, directions=["therml→photo"])
