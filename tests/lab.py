"""JupyterLab for tests: on the loopback address, with the settings of this environment and none of the user's."""

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def jupyter_lab(folder):
    """Address of a JupyterLab, token included, that shows the files of a folder."""
    binary = Path(sys.executable).with_name("jupyter-lab")
    home = folder / "home"
    # Kernels import the library that is tested, wherever it was installed from.
    library = str(Path(__file__).resolve().parents[1])
    environment = os.environ | {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "jupyter"), "PYTHONPATH": library}
    command = [binary, "--no-browser", "--ip=127.0.0.1", "--port=0", f"--notebook-dir={folder}"]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    log = folder / "log"
    with log.open("w") as stream:
        server = subprocess.Popen(command, env=environment, stderr=stream)
    try:
        yield _address(log)
    finally:
        server.kill()  # nothing is to be saved, and a kind shutdown waits for kernels
        server.wait()


def _address(log, seconds=120):
    for _ in range(seconds * 5):
        if found := re.search(r"http://127\.0\.0\.1:\d+/lab\?token=\w+", log.read_text()):
            return found.group()
        time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start: {log.read_text()}")
