"""Run records: what ran, from which code, on which data, with which versions, for how long."""

import datetime
import hashlib
import importlib.metadata
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path

import zsr_lib
from zsr_lib import settings

LIBRARIES = ("numpy", "torch", "torchvision", "scikit-learn", "scikit-image", "scipy", "pillow")


def library_checksum() -> str:
    """SHA-256 over the sources of ``zsr_lib``: names the code exactly, with or without version control."""
    root = Path(zsr_lib.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def commit() -> str:
    """The checked-out commit, ``-dirty`` if code or chapters differ from it; ``unknown`` outside version control."""
    head = _git("rev-parse", "--short=12", "HEAD")
    if not head:
        return "unknown"
    # References are what a blessing writes, so they do not count.
    return head + ("-dirty" if _git("status", "--porcelain", "--", ":/", ":(exclude,top)reported") else "")


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=Path(zsr_lib.__file__).parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def device(used: str = "") -> str:
    """The accelerator's name, or the processor's architecture and the operating system.

    Args:
        used: What a run was told to use, ``cpu`` or ``cuda:1``; empty for the accelerator if there is one.
    """
    import torch

    if torch.cuda.is_available() and used != "cpu":
        return torch.cuda.get_device_name(used or None)
    return f"CPU ({platform.machine()}, {platform.system()})"


def processor() -> str:
    """The processor's name and what torch uses of it, for example ``AMD EPYC (AVX2)``."""
    import torch

    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{(names or [platform.processor() or platform.machine()])[0]} ({torch.backends.cpu.get_cpu_capability()})"


@dataclass(frozen=True)
class Provenance:
    """Where a number comes from.

    Attributes:
        code: Commit, and the checksum of the library's sources.
        data: Checksum of each data set that was read.
        device: What it ran on.
        threads: CPU threads.
        versions: Python and the libraries that can move a number.
        date: UTC day.
        processor: Its name, and the vector instructions that torch uses.
    """

    code: dict[str, str]
    data: dict[str, str]
    device: str
    threads: int
    versions: dict[str, str]
    date: str = field(default="")
    processor: str = field(default="")

    @classmethod
    def now(cls, data: dict[str, str], used: str = "") -> "Provenance":
        """The provenance of what runs here and now on `data` (name → checksum) and the device `used`."""
        versions = {"python": platform.python_version(), "zsr_lib": zsr_lib.__version__}
        versions |= {name: importlib.metadata.version(name) for name in LIBRARIES}
        day = datetime.datetime.now(datetime.UTC).date().isoformat()
        return cls(
            {"commit": commit(), "library": library_checksum()},
            dict(data),
            device(used),
            settings.threads(),
            versions,
            day,
            processor(),
        )

    def as_dict(self) -> dict[str, object]:
        """For JSON and YAML."""
        return asdict(self)
