import errno
import os

import nbformat
import pytest

from tests.book.conftest import notebook
from zsr_lib.book.execute import ChapterError, execute_chapter, pinned_environment
from zsr_lib.book.rebuild_key import keep
from zsr_lib.errors import ZsrError
from zsr_lib.reporting.executed import read_stated

PARAMETERS = {"profile": "quick", "data": "generated"}


def run(project, parameters=PARAMETERS, jobs=1, **options):
    output = project.build / "executed" / "01_small.ipynb"
    with pinned_environment(jobs):
        done = execute_chapter(project, "01_small", parameters, "generated", output, **options)
    if not done.reused:
        keep(project, done.path)
    return done


def write(project, *cells):
    project.source("01_small").write_text(notebook(*cells))


def test_a_chapter_is_executed_once_and_then_reused(small):
    first, second = run(small), run(small)
    assert (first.reused, second.reused) == (False, True)
    stated = read_stated(first.path)
    assert stated.claims["two"].value == 2
    assert stated.record["parameters"] == PARAMETERS
    assert stated.record["provenance"]["threads"] == 2


def test_a_kernel_that_has_done_its_work_is_not_interrupted(small, monkeypatch):
    """Now and then one printed "KeyboardInterrupt caught in kernel"."""
    asked = []

    async def interrupted(manager):
        asked.append(manager)

    monkeypatch.setattr("jupyter_client.manager.KernelManager._async_interrupt_kernel", interrupted)
    run(small)
    assert not asked


def test_an_edit_executes_again(small):
    run(small)
    write(small, "1 + 1")
    assert not run(small).reused


def test_an_edited_library_executes_again_in_spite_of_a_warm_cache(small):
    module = small.root / "zsr_lib" / "small.py"
    module.write_text("def f(): ...\n")
    write(small, "import zsr_lib.small")
    run(small)
    module.write_text("def f(): return 1\n")
    assert not run(small).reused


def test_a_raising_cell_is_named_and_the_notebook_kept_for_inspection(small):
    write(small, "x = 1", "raise ValueError('boom')")
    with pytest.raises(ChapterError, match="raised ValueError: boom"):
        run(small)
    assert (small.build / "logs" / "01_small.failed.ipynb").is_file()
    assert not (small.build / "executed" / "01_small.ipynb").exists()


def test_the_kernel_runs_in_the_checkout_and_this_process_stays_where_it_is(small, monkeypatch):
    # Chapters are executed in threads: one that changed the directory would take the others along.
    moves = []
    monkeypatch.setattr(os, "chdir", moves.append)
    write(small, "from pathlib import Path", f"assert Path.cwd() == Path({str(small.root.resolve())!r})")
    run(small)
    assert set(moves) <= {os.getcwd()}


def test_a_failure_keeps_the_last_good_execution(small):
    good = run(small).path.read_bytes()
    write(small, "raise ValueError('boom')")
    with pytest.raises(ChapterError):
        run(small)
    assert (small.build / "executed" / "01_small.ipynb").read_bytes() == good


def test_a_mistyped_parameter_is_refused(small):
    with pytest.raises(ChapterError, match="declares no parameter named profil"):
        run(small, {**PARAMETERS, "profil": "quick"})


def test_a_warning_is_refused(small):
    write(small, "import warnings; warnings.warn('old')")
    with pytest.raises(ChapterError, match="wrote to stderr"):
        run(small)


def test_a_path_of_this_machine_is_refused(small):
    write(small, "import pathlib; print(pathlib.Path.cwd())")
    with pytest.raises(ChapterError, match="path of this machine"):
        run(small)


def test_kernels_get_pinned_threads_and_no_progress_bars(small):
    write(small, "import os; print(*[os.environ[n] for n in ('OMP_NUM_THREADS', 'TQDM_DISABLE', 'PYTHONHASHSEED')])")
    cells = nbformat.read(run(small).path, as_version=4).cells
    assert cells[-1].outputs[0].text.split() == ["2", "1", "0"]


def test_kernels_at_the_same_time_share_the_threads_of_one_and_are_reused_alone(small):
    write(small, "import os; print(os.environ['OMP_NUM_THREADS'])")
    assert nbformat.read(run(small, jobs=2).path, as_version=4).cells[-1].outputs[0].text.split() == ["1"]
    assert read_stated(small.build / "executed" / "01_small.ipynb").record["provenance"]["threads"] == 1
    assert run(small).reused


def test_going_back_to_an_earlier_state_executes_nothing(small):
    before = small.source("01_small").read_text()
    run(small)
    write(small, "1 + 1")
    run(small)
    small.source("01_small").write_text(before)
    assert run(small).reused
    assert read_stated(small.build / "executed" / "01_small.ipynb").claims["two"].value == 2


def test_a_damaged_execution_counts_as_none(small):
    path = run(small).path
    for file in (path, *(small.build / "cache").rglob("*.ipynb")):
        file.write_text("{")
    assert not run(small).reused


def test_how_long_each_cell_took_stays_in_the_log(small):
    run(small)
    assert "from zsr_lib.reporting.claims import claim" in (small.build / "logs" / "01_small.log").read_text()


def test_a_full_disk_keeps_the_last_good_execution(small, monkeypatch):
    good = run(small).path.read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr("zsr_lib.book.execute.remember", full)
    with pytest.raises(ZsrError, match="is full"):
        run(small, force=True)
    assert (small.build / "executed" / "01_small.ipynb").read_bytes() == good


@pytest.mark.parametrize("cell", ["print('/tmp/somewhere/else')", "raise SystemExit(0)"])
def test_other_paths_and_silent_exits_are_refused_too(small, cell):
    write(small, cell)
    with pytest.raises(ChapterError):
        run(small)
