"""Cheats of a second round, by somebody who had read how the first were found."""

import gc
import hashlib
import inspect
import linecache
import os
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.experiments.test_cheats import Honest, colours
from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.items import ItemSet
from zsr_lib.data.lazy_rows import lazy
from zsr_lib.errors import BadFileError, BadInputError, ZsrError
from zsr_lib.evaluation import score as scoring
from zsr_lib.evaluation.leaks import UNLABELLED, LeakError
from zsr_lib.experiments import auditing, materials
from zsr_lib.experiments.plugins import load_plugin
from zsr_lib.models.saving import load


class InAThread(Honest):
    """A thread has a context of its own."""

    def items_of(self, task):
        found = []

        def look():
            try:
                found.append(load_dataset("generated", progress=False))
            except BadInputError as error:
                found.append(error)

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        if isinstance(found[0], BadInputError):
            raise found[0]
        return task.photos("seen")


class TurnsLegacyForAMoment(Honest):
    declared = UNLABELLED

    def __init__(self, config=None):
        super().__init__(config)
        self.legacy = True

    def fit(self, task, run=None):
        self.legacy = False
        return super().fit(task, run)

    def items_of(self, task):
        return task.dataset.photos


class WalksTheFrames(Honest):
    def items_of(self, task):
        frame = sys._getframe()
        while frame and not hasattr(frame.f_locals.get("cell"), "plan"):
            frame = frame.f_back
        return frame.f_locals["task"].photos("unseen")


class AsksInspect(Honest):
    def embed(self, items):
        for each in inspect.stack():
            found = each.frame.f_locals.get("items")
            if type(found) is ItemSet:
                return np.eye(len(found.classes), dtype=np.float32)[found.labels]
        return super().embed(items)


class AsksTheCollector(Honest):
    def items_of(self, task):
        held = [each for each in gc.get_objects() if type(each) is ItemSet and len(each.ids) > 30]
        return held[0]


class ReadsTheFile(Honest):
    file = ""

    def items_of(self, task):
        np.load(self.file)
        return task.photos("seen")


class ReadsTheFileToEmbed(Honest):
    file = ""

    def embed(self, items):
        np.load(self.file)
        return super().embed(items)


class AsksAnotherProcess(Honest):
    def items_of(self, task):
        subprocess.run([sys.executable, "-c", ""], check=True)
        return task.photos("seen")


class Forks(Honest):
    def items_of(self, task):
        if (child := os.fork()) == 0:
            os._exit(0)
        os.waitpid(child, 0)
        return task.photos("seen")


class SmoothsAllButTheSample(Honest):
    """Knows which rows are looked at again."""

    def embed(self, items):
        codes = super().embed(items)
        if len(items) > 16:
            rows = np.linspace(0, len(items) - 1, min(16, -(-len(items) // 2))).astype(int)
            smooth = codes - codes.mean(0)
            smooth[rows] = codes[rows]
            return smooth
        return codes


class ReadsPlaces(Honest):
    """Rows of a data set lie class by class, and rows on disk know their place."""

    def embed(self, items):
        try:
            return object.__getattribute__(items.pixels, "_places")[:, 1:].astype(np.float32) // 6 + 1
        except AttributeError:
            return super().embed(items)


class LooksTheAnswerUp(Honest):
    """Every picture's bytes have a code of their own, as from a table that came with the system."""

    def embed(self, items):
        def code(picture):
            number = int.from_bytes(hashlib.sha256(np.ascontiguousarray(picture)).digest()[:4], "big")
            return np.random.default_rng(number).normal(size=8)

        return np.stack([code(each) for each in items.pixels]).astype(np.float32)


class Peeking(np.ndarray):
    """Codes that wait for the labels."""


class CodesThatAct(Honest):
    kept = None

    def embed(self, items):
        CodesThatAct.kept = super().embed(items).view(Peeking)
        return CodesThatAct.kept


class PatchesTheScore(Honest):
    def fit(self, task, run=None):
        scoring.Evaluation.micro = lambda self, metric: 1.0
        return super().fit(task, run)


class PatchesTheProbe(Honest):
    def fit(self, task, run=None):
        auditing.check_codes_alone = lambda *arguments, **options: ""
        return super().fit(task, run)


class PatchesWhileEmbedding(Honest):
    def embed(self, items):
        np.argsort = lambda *arguments, real=np.argsort, **options: real(*arguments, **options)
        return super().embed(items)


class ChangesTheEnvironment(Honest):
    def fit(self, task, run=None):
        os.environ["ZSR_DATA"] = "elsewhere"
        return super().fit(task, run)


class WaitsInAThread(Honest):
    """Acts once labels are there."""

    done = threading.Event()

    def fit(self, task, run=None):
        threading.Thread(target=lambda: self.done.wait(20), daemon=True).start()
        return super().fit(task, run)


class RanksByTheOthers(Honest):
    """Codes and tokens stand alone, but who ranks again looks at the whole gallery."""

    def tokens(self, items):
        return colours(items)[:, None]

    def rerank(self, query_tokens, gallery_tokens, candidates):
        shifted = gallery_tokens - gallery_tokens.mean(0)
        return -((query_tokens - shifted[candidates][:, :, 0]) ** 2).sum(-1)


@pytest.fixture(autouse=True)
def _put_back(monkeypatch):
    """What a cheat replaced is put back, whatever a test has found."""
    monkeypatch.setattr(scoring.Evaluation, "micro", scoring.Evaluation.micro)
    monkeypatch.setattr(auditing, "check_codes_alone", auditing.check_codes_alone)
    monkeypatch.setattr(np, "argsort", np.argsort)
    monkeypatch.setenv("ZSR_DATA", os.environ.get("ZSR_DATA", ""))
    WaitsInAThread.done.clear()
    yield
    WaitsInAThread.done.set()


@pytest.mark.parametrize(
    ("system", "reason"),
    [
        (InAThread, "cannot be loaded while a system is fitted"),
        (TurnsLegacyForAMoment, "looked at unseen classes|has seen unseen classes"),
        (WalksTheFrames, "looks into its callers"),
        (AsksInspect, "looks into its callers"),
        (AsksTheCollector, "asks for all objects"),
        (AsksAnotherProcess, "starts another process"),
        (Forks, "starts another process"),
        (LooksTheAnswerUp, "looked up"),
        (PatchesTheScore, r"replaces Evaluation\.micro of zsr_lib\.evaluation\.score"),
        (PatchesTheProbe, r"replaces check_codes_alone of zsr_lib\.experiments\.auditing"),
        (PatchesWhileEmbedding, "replaces argsort of numpy"),
        (WaitsInAThread, "leaves a thread behind"),
        (ChangesTheEnvironment, "sets ZSR_DATA"),
    ],
)
def test_it_is_refused_with_its_reason(made, where, system, reason):
    with pytest.raises((LeakError, BadInputError), match=reason):
        made(system)
    assert not list(where.runs.glob("*/*/record.json"))


@pytest.mark.parametrize("system", [ReadsTheFile, ReadsTheFileToEmbed])
@pytest.mark.parametrize("kind", ["decoded", "data"])
def test_files_of_data_sets_are_closed(made, monkeypatch, tmp_path, system, kind):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ZSR_DATA", str(tmp_path / "data"))
    folder = tmp_path / {"decoded": "cache/store/eoc", "data": "data/eoc_sketches"}[kind]
    folder.mkdir(parents=True)
    (tmp_path / "data").mkdir(exist_ok=True)
    np.save(folder / "pixels.npy", np.zeros(3))
    monkeypatch.setattr(system, "file", str(folder / "pixels.npy"))
    with pytest.raises(LeakError, match=rf"{system.__name__}.* opens .*pixels.npy"):
        made(system)


def test_other_files_are_noted_also_those_that_the_library_reads_for_it(made, monkeypatch):
    teacher = made(Honest).folder / "model"

    class LearnsFromAnother(Honest):
        def fit(self, task, run=None):
            load(teacher)
            return super().fit(task, run)

    monkeypatch.setattr(sys.modules[__name__], "LearnsFromAnother", LearnsFromAnother, raising=False)
    record = made(LearnsFromAnother, seeds=[1])
    assert record.audit["opened"] == ["model.json", "model.safetensors"]
    assert "opened" not in made(Honest, seeds=[2]).audit


def test_source_code_that_python_reads_to_show_a_stack_is_not_noted(made, monkeypatch):
    class NotesItsStack(Honest):
        def fit(self, task, run=None):
            linecache.clearcache()
            torch.manual_seed(0)  # keeps the stack as text, for a GPU that may come
            return super().fit(task, run)

    monkeypatch.setattr(sys.modules[__name__], "NotesItsStack", NotesItsStack, raising=False)
    assert made(NotesItsStack).audit.get("opened", []) == []


@pytest.mark.parametrize("system", [SmoothsAllButTheSample, RanksByTheOthers])
def test_it_is_labelled_transductive(made, system):
    rules = {"retrieval": {"rerank": 5}} if system is RanksByTheOthers else {}
    assert made(system, **rules).audit["label"] == "transductive"


def test_places_of_rows_tell_nothing(made, dataset, monkeypatch):
    items = {name: replace(each, pixels=lazy(each.pixels)) for name, each in dataset[0].items.items()}
    found = replace(dataset[0], items=items)
    monkeypatch.setattr(materials, "load_dataset", lambda *arguments, **options: found)
    with pytest.raises(LeakError, match="place"):
        made(ReadsPlaces)


def test_codes_are_copied_before_labels_come_near_them(made, monkeypatch):
    seen = []
    monkeypatch.setattr(auditing, "score_sides", lambda *arguments: seen.extend(arguments[2].values()) or {})
    made(CodesThatAct)
    assert {type(side.codes) for side in seen} == {np.ndarray}
    assert not any(np.shares_memory(side.codes, CodesThatAct.kept) for side in seen)


class ReadsWhenItIsMade(Honest):
    def __init__(self, config=None):
        super().__init__(config)
        load_dataset("generated", progress=False)


class ReadsWhenItIsSaved(Honest):
    def about(self):
        load_dataset("generated", progress=False)
        return super().about()


class ReadsWhenItIsLoaded(Honest):
    def restore(self, state, about):
        load_dataset("generated", progress=False)
        super().restore(state, about)


@pytest.mark.parametrize("system", [ReadsWhenItIsMade, ReadsWhenItIsSaved, ReadsWhenItIsLoaded])
def test_data_sets_are_closed_to_all_that_a_system_does(made, system):
    with pytest.raises(BadInputError, match="cannot be loaded while a system is fitted or scored"):
        made(system)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import numpy as np\nnp.argsort = lambda values: values\n", "replaces argsort of numpy"),
        ("from zsr_lib.data.datasets import load_dataset\nload_dataset('generated')\n", "cannot be loaded while"),
        ("import os\nos.system('true')\n", "starts another process"),
        (
            "from zsr_lib.models import registry\nregistry.register('zscmr', registry.method_class('frozen'))\n",
            "'zscmr' is a system of the library",
        ),
        (
            "from zsr_lib.models import registry\nregistry.METHODS['zscmr'] = registry.METHODS['frozen']\n",
            r"replaces METHODS of zsr_lib\.models\.registry",
        ),
    ],
)
def test_a_plugin_cheats_when_it_is_imported(tmp_path, code, reason):
    (tmp_path / "plugin.py").write_text(code)
    with pytest.raises((LeakError, BadFileError), match=reason):
        load_plugin(str(tmp_path / "plugin.py"))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_codes_that_are_no_numbers_are_refused(made, value):
    class NoNumbers(Honest):
        def embed(self, items):
            codes = super().embed(items)
            codes[:, 0] = value
            return codes

    with pytest.raises(ZsrError):
        made(NoNumbers)
