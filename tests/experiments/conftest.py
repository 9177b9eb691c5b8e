"""A small data set of coloured squares, a small method, and experiment files on both."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
import yaml

from zsr_lib.data.items import ItemSet
from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.data.registry import Dataset
from zsr_lib.experiments import materials
from zsr_lib.experiments.cells import cells_of
from zsr_lib.experiments.materials import Materials
from zsr_lib.experiments.reading import read_plan
from zsr_lib.experiments.run_cell import Where, run_cell
from zsr_lib.models import registry
from zsr_lib.models.method import Method
from zsr_lib.reporting.record import Provenance
from zsr_lib.reporting.run_record import RunRecord
from zsr_lib.training.history import History

SPLITS = ["eoc-sample-4-airplane-seen", "eoc-sample-4-runway-seen", "eoc-sample-5"]


def squares(modality, per_class, seed):
    """8 × 8 images whose mean colour belongs to the class, with noise."""
    random = np.random.default_rng(seed)
    colours = np.random.default_rng(7).integers(118, 134, (len(EOC_CLASSES), 3))
    labels = np.repeat(np.arange(len(EOC_CLASSES)), per_class)
    noise = random.integers(-40, 40, (len(labels), 8, 8, 3))
    ids = np.array([f"{EOC_CLASSES[label]}/{modality}{row}" for row, label in enumerate(labels)])
    pixels = (colours[labels][:, None, None] + noise).astype(np.uint8)
    return ItemSet(ids, labels, EOC_CLASSES, modality, "hand" if modality == "sketch" else "camera", pixels)


@pytest.fixture
def dataset(monkeypatch):
    """(takes the place of every data set, a list of what was asked for)."""
    photos, sketches = squares("photo", 6, 0), squares("sketch", 4, 1)
    made = Dataset("eoc", EOC_CLASSES, {"photo": photos, "sketch": sketches}, "c0ffee")
    loads = []

    def load(name, size, root, progress, **options):
        loads.append((name, size, options))
        return replace(made, name=name)

    monkeypatch.setattr(materials, "load_dataset", load)
    return made, loads


@dataclass(frozen=True)
class ColourConfig:
    """Options of `Colour`."""

    steps: int = 4
    noise: float = 0.0
    leak: str = ""


class Colour(Method):
    """Mean colours, turned by a seeded matrix that takes `steps` steps to make; each step is kept in the folder."""

    Config = ColourConfig
    distance = "euclidean"
    stop_at = None
    fitted_from = ()
    tokens_of = ()

    def build(self):
        self.register_buffer("matrix", torch.eye(3))

    def fit(self, task, run=None):
        done = run.folder / "steps.txt"
        done.parent.mkdir(parents=True, exist_ok=True)
        start = int(done.read_text()) if done.is_file() else 0
        Colour.fitted_from += (start,)
        for step in range(start, self.config.steps):
            if step == Colour.stop_at:
                raise KeyboardInterrupt
            done.write_text(str(step + 1))
        if self.config.leak == "defect":
            raise RuntimeError("a defect")
        self.begin(run)
        self.record("matrix", task.unseen if self.config.leak else task.seen)
        if self.legacy or not self.config.leak:
            assert len(task.photos("unseen" if self.config.leak else "seen").pixels)
        random = torch.Generator().manual_seed(run.seed)
        self.matrix += self.config.noise * torch.randn(3, 3, generator=random)
        steps = [{"step": step, "total": 1.0 / (1 + step)} for step in range(self.config.steps)]
        return History(steps, notes={"colours": 3 + run.seed})

    def embed(self, items):
        pixels = np.asarray(items.pixels).reshape(len(items), -1, 3)
        return pixels.mean(1).astype(np.float32) @ self.matrix.numpy()

    def tokens(self, items):
        """The four quarters' mean colours."""
        Colour.tokens_of += (items.modality,)
        quarters = items.pixels.reshape(len(items), 2, 4, 2, 4, 3).mean((2, 4))
        return quarters.reshape(len(items), 4, 3).astype(np.float32)

    def rerank(self, query_tokens, gallery_tokens, candidates):
        far = query_tokens[:, None] - gallery_tokens[candidates]  # (Q, K, T, D)
        return -(far**2).sum((-1, -2))


class LegacyColour(Colour):
    """As published: leaks are labelled."""

    legacy = True


@pytest.fixture(autouse=True)
def _methods(monkeypatch):
    monkeypatch.setattr(registry, "METHODS", dict(registry.METHODS))
    monkeypatch.setattr(registry, "_FOUND", dict(registry._FOUND))
    monkeypatch.setattr(Colour, "stop_at", None)
    monkeypatch.setattr(Colour, "fitted_from", ())
    monkeypatch.setattr(Colour, "tokens_of", ())
    registry.register("colour", Colour)
    registry.register("legacy_colour", LegacyColour)


@pytest.fixture
def colour():
    return Colour


@pytest.fixture
def write(tmp_path):
    """Writes an experiment file; keywords are laid over a small one."""

    def written(name="colours", **changes):
        values = {
            "title": "Mean colours",
            "data": {"dataset": "eoc", "size": 8},
            "splits": SPLITS,
            "method": "colour",
            "config": {"noise": 0.5},
            "seeds": [0, 1],
            "metrics": ["AP@all/std", "P@5/k"],
        }
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump(values | changes, allow_unicode=True, sort_keys=False))
        return path

    return written


@pytest.fixture
def where(tmp_path):
    return Where(tmp_path / "runs", Provenance.now({}), progress=False)


@pytest.fixture
def shelf(dataset):
    return Materials(progress=False)


@pytest.fixture
def cells(write):
    """Makes the cells of an experiment file with changes."""

    def made(name="colours", assignments=(), **changes):
        return cells_of(read_plan(write(name, **changes), assignments=assignments))

    return made


@pytest.fixture
def made(cells, shelf, where):
    """Runs a cell with a system, as ``zsr run`` does."""

    def run(system, **changes):
        registry.register("cheat", system)
        rules = {"config": {}, "splits": ["eoc-sample-5"], "seeds": [0]} | changes
        return run_cell(cells(method="cheat", **rules)[0], shelf, where)[0]

    return run


@pytest.fixture
def record():
    """Makes a record with one number, as if it had been run."""

    def made(value, split="a", seed=0, **changes):
        protocol = {"name": "sketch→photo; zero-shot; cosine; ties expected", "distance": "cosine"}
        report = {
            "metrics": {"AP@all/std": value},
            "chance": {"AP@all/std": 0.25 if split == "a" else 0.35},
            "oracle": {"AP@all/std": 1.0},
            "protocol": protocol | {"queries_counted": 10, "gallery": 40 if split == "a" else 50},
        }
        values = {
            "format": 1,
            "experiment": "e",
            "title": "t",
            "profile": "quick",
            "overrides": (),
            "point": {},
            "variant": "v",
            "split": split,
            "seed": seed,
            "setting": {"method": "m", "data": {"reduced": False}},
            "groups": {"both": ("a", "b")},
            "published": (),
            "task": {"dataset": "eoc", "dataset_checksum": "c", "split": split},
            "method": {"distance": "cosine", "legacy": False},
            "results": {"sketch→photo": report},
            "audit": {"label": "clean", "leaks": [], "parts": []},
            "provenance": Provenance({"commit": "1", "library": "l"}, {"eoc": "c"}, "CPU", 2, {}),
            "seconds": {"fit": 1.0, "evaluate": 1.0, "total": 2.0},
            "history": {},
            "files": {},
            "finished": f"2026-01-01T00:00:0{seed}",
        }
        return RunRecord(**values | changes)

    return made
