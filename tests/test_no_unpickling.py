"""Nothing of a user's is unpickled or executed: read off the library's source, and tried with traps in every file."""

import ast
import contextlib
import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

import zsr_lib
from tests.fuzz import told
from zsr_lib.data.splits.lists_on_disk import read_split
from zsr_lib.evaluation.codes_file import read_codes
from zsr_lib.experiments.reading import read_plan
from zsr_lib.features.weights import read_weights
from zsr_lib.models.saving import FORMAT
from zsr_lib.reporting.run_record import read_record
from zsr_lib.search.calibration import read_calibration
from zsr_lib.search.default_model import DEFAULT_MODEL
from zsr_lib.search.embedding import embedder, read_sketch
from zsr_lib.search.index import Index
from zsr_lib.training.tensor_file import read_tensors

SOURCES = sorted(Path(zsr_lib.__file__).parent.rglob("*.py"))
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}
LOADERS = {
    "pickle.load",
    "pickle.loads",
    "pickle.Unpickler",
    "joblib.load",
    "yaml.load",
    "yaml.unsafe_load",
    "eval",
    "exec",
}


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), {each.arg: ast.unparse(each.value) for each in node.keywords}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_module_calls_what_runs_code(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name, options in calls(tree):
        assert name not in LOADERS
        if name == "torch.load":
            assert options.get("weights_only") == "True"
        if name in ("np.load", "numpy.load"):
            assert options.get("allow_pickle") == "False"
    imported = {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    named = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not (imported & MODULES) or {each for each in named if each.startswith("pickle.")} == {
        "pickle.UnpicklingError"
    }


def test_the_rule_sees_what_it_forbids():
    assert dict(calls(ast.parse("torch.load(path, weights_only=True)")))["torch.load"] == {"weights_only": "True"}
    assert [name for name, _ in calls(ast.parse("import pickle; pickle.loads(b'')"))] == ["pickle.loads"]


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.fixture
def sprung(tmp_path):
    path = tmp_path / "sprung"
    yield path
    assert not path.exists(), "code of a file ran"


def test_the_trap_works(tmp_path):
    pickle.loads(pickle.dumps(Trap(tmp_path / "there")))
    assert (tmp_path / "there").exists()


def tensors(path):
    with contextlib.suppress(ValueError):  # the loop says in its own words what is wrong
        read_tensors(path)


READERS = {
    "codes.npz": read_codes,
    "weights.pth": read_weights,
    "weights.safetensors": read_weights,
    "checkpoint": tensors,
    "sketch.png": lambda path: read_sketch(path, 8),
    "split.yaml": read_split,
    "experiment.yaml": read_plan,
    "record.json": lambda path: read_record(path.parent),
    "calibration.json": lambda path: read_calibration(path.parent),
    "model.json": lambda path: embedder(path.parent),
    "index.db": lambda path: Index(path.parent),
}


def traps(path):
    """A trap as the bytes of a pickle, of a torch file, of NumPy's two kinds, and of YAML."""
    trap, made = Trap(path), {"pickle": pickle.dumps(Trap(path))}
    place = path.parent / "made"
    torch.save({"weight": trap}, place)
    made["torch"] = place.read_bytes()
    with place.open("wb") as stream:
        np.save(stream, np.array([trap], object), allow_pickle=True)
    made["npy"] = place.read_bytes()
    with place.open("wb") as stream:
        np.savez(stream, query_codes=np.array([trap], object), allow_pickle=True)
    made["npz"] = place.read_bytes()
    made["yaml"] = f"!!python/object/apply:builtins.open ['{path}', w]".encode()
    return made


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("kind", ["pickle", "torch", "npy", "npz", "yaml"])
def test_a_trap_in_a_file_never_springs(tmp_path, sprung, name, kind):
    folder = tmp_path / "files"
    folder.mkdir()
    if name == "model.json":
        shutil.copy(DEFAULT_MODEL / "model.safetensors", folder)
    (folder / name).write_bytes(traps(sprung)[kind])
    assert told(lambda: READERS[name](folder / name)) is None


def test_a_trap_in_the_tensors_of_a_system_never_springs(tmp_path, sprung):
    for name in ("model.json", "model.safetensors"):
        shutil.copy(DEFAULT_MODEL / name, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(traps(sprung)["torch"])
    assert told(lambda: embedder(tmp_path)) is None
    description = json.loads((tmp_path / "model.json").read_text())
    assert description["format"] == FORMAT
