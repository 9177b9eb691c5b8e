"""Executes one chapter: MyST text → notebook → papermill, with the checks that make a page trustworthy."""

import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zsr_lib import settings
from zsr_lib.book.processors import environment
from zsr_lib.book.project import Project
from zsr_lib.book.publishable import ChapterError, refuse_unpublishable
from zsr_lib.book.rebuild_key import rebuild_key, recall, remember
from zsr_lib.files import atomic_path, write_text

ONE_KEY = threading.Lock()
"""Chapters are executed in threads, and Python 3.11 may fail when two of them parse code (SystemError: AST …)."""


@dataclass(frozen=True)
class Executed:
    """An executed chapter.

    Attributes:
        chapter: Its name.
        source: Data source and profile, such as ``generated-quick``.
        path: The executed notebook.
        reused: True when nothing that it depends on had changed.
        seconds: Wall time of the execution.
    """

    chapter: str
    source: str
    path: Path
    reused: bool
    seconds: float


def source_name(parameters: Mapping[str, object]) -> str:
    """Data source and profile of a run, as references and folders name it: ``generated-quick``."""
    return f"{parameters['data']}-{parameters['profile']}"


@contextmanager
def pinned_environment(jobs: int = 1) -> Iterator[None]:
    """Thread counts and hash seed for the kernels that are started inside; restored afterwards.

    Kernels that run at the same time share the threads of one: a product of two matrices by OpenBLAS took ten times as
    long where more threads wanted to run than there are cores.
    """
    count = str(max(1, settings.threads() // jobs))
    names = ("ZSR_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
    pins = dict.fromkeys(names, count)
    # Progress bars are for people at a terminal; on a page they would be stray output.
    pins |= {"PYTHONHASHSEED": "0", "TQDM_DISABLE": "1", "CUBLAS_WORKSPACE_CONFIG": ":4096:8"}
    with environment(pins):
        yield


def execute_chapter(
    project: Project,
    chapter: str,
    parameters: Mapping[str, object],
    data: str,
    output: Path,
    force: bool = False,
) -> Executed:
    """Executes `chapter`, unless an execution with the same rebuild key is known.

    Call it inside `pinned_environment`, once for all chapters: kernels inherit the environment when they start.

    Args:
        project: The checkout.
        chapter: The chapter's name.
        parameters: Values for the cell tagged ``parameters``.
        data: `rebuild_key.data_fingerprint` of the data root.
        output: Where the executed notebook goes, written whole or not at all.
        force: Execute even if nothing changed.

    Raises:
        ChapterError: A cell raised, a parameter is not declared, or an output must not be published.
    """
    notebook = read_source(project, chapter)
    key = chapter_key(project, chapter, parameters, data)
    known = None if force else recall(project, key, output)
    if known is not None:
        return Executed(chapter, source_name(parameters), output, reused=True, seconds=known)
    refuse_undeclared(notebook, parameters, chapter)
    start = time.monotonic()
    with atomic_path(output) as temporary:
        executed = _run(project, notebook, parameters, chapter, temporary)
        seconds = round(time.monotonic() - start, 1)
        refuse_unpublishable(executed, project, chapter)
        _log_cells(project, chapter, executed)
        remember(executed, temporary, {"rebuild_key": key, "seconds": seconds, "parameters": dict(parameters)})
    return Executed(chapter, source_name(parameters), output, reused=False, seconds=seconds)


def read_source(project: Project, chapter: str) -> object:
    """A chapter's text as a notebook without outputs."""
    import jupytext

    return jupytext.reads(project.source(chapter).read_text(encoding="utf-8"), fmt="md:myst")


def chapter_key(project: Project, chapter: str, parameters: Mapping[str, object], data: str) -> str:
    """The rebuild key that an execution of `chapter` would have now."""
    code = "\n".join(cell.source for cell in read_source(project, chapter).cells if cell.cell_type == "code")
    with ONE_KEY:
        return rebuild_key(project, project.source(chapter).read_text(encoding="utf-8"), code, parameters, data)


def _log_cells(project: Project, chapter: str, executed: object) -> None:
    """Leaves behind how long each cell took."""
    lines = [
        f"{number:4} {cell.metadata.papermill.duration or 0:8.2f} s  {cell.source.splitlines()[0]}"
        for number, cell in enumerate(executed.cells, start=1)
        if cell.cell_type == "code" and cell.source
    ]
    write_text(project.build / "logs" / f"{chapter}.log", "\n".join(lines) + "\n")


def _kernel_manager(folder: str, cwd: Path) -> type:
    """Kernels that run in `cwd` and talk through files in `folder`, not through ports that others could read.

    Papermill's own `cwd` changes the directory of this whole process: chapters executed at the same time would start
    their kernels in each other's.
    """
    from jupyter_client import AsyncKernelManager

    class LocalKernelManager(AsyncKernelManager):
        def __init__(self, **options: object) -> None:
            super().__init__(**options)
            self.transport, self.connection_file = "ipc", f"{folder}/kernel.json"

        async def start_kernel(self, **options: object) -> None:
            await super().start_kernel(**options, cwd=str(cwd))

        async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
            # The inherited one interrupts first, and an idle kernel prints that as an error.
            self.shutting_down = True
            self.stop_restarter()
            await self.request_shutdown(restart=restart)
            await self.finish_shutdown(restart=restart)
            await self.cleanup_resources(restart=restart)

    return LocalKernelManager


def _run(project: Project, notebook: object, parameters: Mapping[str, object], chapter: str, temporary: Path) -> object:
    import nbformat
    import papermill

    nbformat.write(notebook, temporary)
    failed = project.build / "logs" / f"{chapter}.failed.ipynb"
    bar = {"desc": chapter, "unit": "cell", "leave": False, "disable": False} if sys.stderr.isatty() else False
    try:
        with tempfile.TemporaryDirectory(prefix="zsr-", ignore_cleanup_errors=True) as folder:
            return papermill.execute_notebook(
                str(temporary),
                str(temporary),
                parameters=dict(parameters),
                kernel_name="python3",
                kernel_manager_class=_kernel_manager(folder, project.root.resolve()),
                progress_bar=bar,
            )
    except papermill.PapermillExecutionError as error:
        failed.parent.mkdir(parents=True, exist_ok=True)
        failed.write_bytes(temporary.read_bytes())
        raise ChapterError(
            f"chapter {chapter}, cell {error.exec_count}, raised {error.ename}: {error.evalue}",
            f"the notebook up to there, traceback included, is {failed.relative_to(project.root)}; "
            "mend the cell or the library and build again.",
        ) from error


def refuse_undeclared(notebook: object, parameters: Mapping[str, object], chapter: str) -> None:
    """Papermill only warns about a parameter that no cell declares; a typo would run the defaults unnoticed.

    Raises:
        ChapterError: `parameters` has a name that the chapter's ``parameters`` cell does not assign.
    """
    cells = [cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    declared = set(re.findall(r"^(\w+)\s*(?::[^=]+)?=", "\n".join(cells), flags=re.MULTILINE))
    missing = sorted(set(parameters) - declared)
    if missing:
        raise ChapterError(
            f"chapter {chapter} declares no parameter named {', '.join(missing)}.",
            f"its cell tagged 'parameters' declares {', '.join(sorted(declared)) or 'nothing'}: "
            "correct the name, or declare it there.",
        )
