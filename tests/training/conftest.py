import signal

import pytest

from zsr_lib.training.reproducible import pinned


@pytest.fixture(autouse=True)
def _one_thread():
    """The networks here are so small that a second thread only waits."""
    with pinned(1):
        yield


@pytest.fixture(autouse=True)
def _ctrl_c_is_heard():
    """A shell that starts tests in the background has them ignore SIGINT, which Python then leaves ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
