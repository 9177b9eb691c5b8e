"""What a published book needs besides its pages: notebooks that start on Colab and Binder, and a release to keep."""

import json
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path

from zsr_lib.book.build import executed_before
from zsr_lib.book.check import check_chapters
from zsr_lib.book.project import Project
from zsr_lib.errors import ZsrError
from zsr_lib.files import atomic_path, sha256_of, write_text

INSTALL = """\
# Only where the library is not installed yet, as on Colab.
import importlib.util

if importlib.util.find_spec("zsr_lib") is None:
    %pip install --quiet "zsr-lib[book,search] @ git+{repository}@{commit}"
"""


def export_notebooks(project: Project, source: str, repository: str, commit: str, folder: Path) -> list[Path]:
    """Writes the executed notebooks so that they run anywhere: each installs the library first if it must.

    Args:
        project: The checkout.
        source: Which executions, such as ``generated-quick``.
        repository: Address of the repository.
        commit: What to install from there.
        folder: Gets ``notebooks/*.ipynb`` and ``binder/requirements.txt``.

    Returns:
        The notebooks.

    Raises:
        ZsrError: A chapter has not been executed.
    """
    import nbformat

    written = []
    for chapter in executed_before(project, source):
        notebook = nbformat.read(chapter.path, as_version=4)
        cell = nbformat.v4.new_code_cell(INSTALL.format(repository=repository, commit=commit), id="install")
        notebook.cells.insert(1, cell)
        target = folder / "notebooks" / chapter.path.name
        with atomic_path(target) as temporary:
            nbformat.write(notebook, temporary)
        written.append(target)
    write_text(folder / "binder" / "requirements.txt", f"zsr-lib[book,search] @ git+{repository}@{commit}\n")
    return written


def make_release(project: Project, source: str, folder: Path) -> list[Path]:
    """Writes the files of a release: pages, executed notebooks, references, pins, and their SHA-256.

    Args:
        project: The checkout, built.
        source: Which executions, such as ``generated-quick``.
        folder: Where the files go; made if need be.

    Returns:
        The files, ``SHA256SUMS`` last.

    Raises:
        ZsrError: The pages have not been built from these executions, or a number moved.
    """
    marker = project.build / "pages.json"
    if not marker.is_file() or json.loads(marker.read_text())["source"] != source:
        raise ZsrError(f"there are no pages of {source} to release.", "run 'zsr book build' first.")
    executed = executed_before(project, source)
    red = [row.key or row.verdict for row in check_chapters(project, executed) if not row.passed]
    if red:
        raise ZsrError(f"the gate is red ({', '.join(red[:5])}).", "see 'zsr book check'; release what is green.")
    parts = {
        "html.tar.gz": [project.build / "html"],
        "notebooks.tar.gz": [chapter.path for chapter in executed],
        "reported.tar.gz": [project.root / "reported"],
    }
    files = [_pack(content, folder / name) for name, content in parts.items()]
    for name in ("constraints.txt", "environment.yml", "CITATION.cff", "codecheck.yml", "book/package-lock.json"):
        files.append(folder / Path(name).name)
        with atomic_path(files[-1]) as temporary:
            shutil.copyfile(project.root / name, temporary)
    sums = folder / "SHA256SUMS"
    write_text(sums, "".join(f"{sha256_of(file)}  {file.name}\n" for file in files))
    return [*files, sums]


def _pack(content: Sequence[Path], target: Path) -> Path:
    """An archive of files or folders; a folder's name inside is the archive's."""
    name = target.name.removesuffix(".tar.gz")
    with atomic_path(target) as temporary, tarfile.open(temporary, "w:gz") as archive:
        for path in content:
            archive.add(path, arcname=name if path.is_dir() else f"{name}/{path.name}", filter=_anonymous)
    return target


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leaves out who built it, and when."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member
