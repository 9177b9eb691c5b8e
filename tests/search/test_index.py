"""An open index, while the one on disk changes."""

import shutil

import pytest
from safetensors.torch import save_file

from zsr_lib.data.task import build_task
from zsr_lib.errors import BadFileError
from zsr_lib.features.backbones import make_backbone
from zsr_lib.features.config import FeaturesConfig
from zsr_lib.models.registry import create
from zsr_lib.models.saving import save
from zsr_lib.search.building import Options, build_index
from zsr_lib.search.embedding import embedder
from zsr_lib.search.index import Index
from zsr_lib.training.config import Run


@pytest.fixture
def folder(archive, system, tmp_path):
    build_index(archive, tmp_path / "index", system, progress=False)
    return tmp_path / "index"


def test_an_index_is_stale_once_another_has_written_to_it(archive, system, folder, sketch):
    index = Index(folder)
    index.search(sketch)
    assert not index.stale
    shutil.copy(sketch, archive / "new.png")
    build_index(archive, folder, system, progress=False)
    assert index.stale
    fresh = index.reopened()
    assert not fresh.stale
    assert (len(index), len(fresh)) == (12, 13)
    assert fresh.embedder is index.embedder


def test_an_index_in_the_place_of_another_makes_it_stale(archive, system, folder):
    index = Index(folder)
    _ = index.embedder
    shutil.rmtree(folder)
    with pytest.raises(BadFileError, match="is gone"):
        _ = index.stale
    build_index(archive, folder, system, Options("float"), progress=False)
    assert index.stale
    assert index.reopened().form.kind == "float"


TUNED = {"block": 3, "training": {"steps": 1, "batch_size": 8}}
ALONE = {"features": {"backbone": "small_cnn", "weights": "pretrained.safetensors"}}
OTHER = {"features": {"backbone": "small_cnn", "weights": "other.safetensors"}}
PARTS = {name: {"of": "standardised", "options": each} for name, each in (("one", ALONE), ("two", OTHER))}


@pytest.mark.parametrize(
    ("name", "config"),
    [("standardised", ALONE), ("standardised", ALONE | {"finetune": TUNED}), ("fused", {"parts": PARTS})],
    ids=["frozen", "tuned", "fused"],
)
def test_a_pretrained_backbone_is_kept_with_the_index(archive, generated, sketch, tmp_path, monkeypatch, name, config):
    for place in ("weights", "nothing"):
        (tmp_path / place).mkdir()
    for seed, file in enumerate(("pretrained.safetensors", "other.safetensors")):
        network = make_backbone(FeaturesConfig("small_cnn", seed=3 + seed)).module
        save_file(network.state_dict(), tmp_path / "weights" / file)
    monkeypatch.setenv("ZSR_WEIGHTS", str(tmp_path / "weights"))
    method = create(name, config)
    method.fit(build_task(generated, "generated-14-6", 0, 0), Run(progress=False))
    save(method, tmp_path / "model")
    build_index(archive, tmp_path / "index", embedder(tmp_path / "model"), progress=False)
    expected = Index(tmp_path / "index").search(sketch, 12)
    shutil.rmtree(tmp_path / "weights")
    monkeypatch.setenv("ZSR_WEIGHTS", str(tmp_path / "nothing"))
    shutil.move(tmp_path / "index", tmp_path / "moved")
    index = Index(tmp_path / "moved")
    assert index.search(sketch, 12) == expected
    assert build_index(archive, tmp_path / "moved", index.embedder, progress=False).unchanged == 12


def test_rows_stay_until_the_index_is_written_anew(archive, system, folder, sketch):
    before = {hit.path: hit.row for hit in Index(folder).search(sketch, 12)}
    (archive / "tiles" / "golfcourse" / "0.png").unlink()
    build_index(archive, folder, system, progress=False)
    index = Index(folder)
    assert index.generation == 0
    assert all(before[hit.path] == hit.row for hit in index.search(sketch, 12))
    shutil.rmtree(archive / "tiles" / "golfcourse")
    build_index(archive, folder, system, progress=False)
    index = Index(folder)
    assert index.generation == 1
    assert sorted(hit.row for hit in index.search(sketch, 12)) == list(range(8))
