import pytest

from zsr_lib.training.threads import pinned


@pytest.fixture(autouse=True)
def _one_thread():
    """The networks here are so small that a second thread only waits."""
    with pinned(1):
        yield
