import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from zsr_lib.data.store import open_or_build
from zsr_lib.errors import ZsrError

pytestmark = pytest.mark.usefixtures("cache")

KEY = "0123456789abcdef" * 4

BUILDER = """
import sys, time
from pathlib import Path
import numpy as np
from zsr_lib.data.store import open_or_build

def build(folder):
    with open(sys.argv[1], "a") as log:
        log.write("built\\n")
    np.save(folder / "pixels.npy", np.arange(6))
    time.sleep(float(sys.argv[2]))
    return {"made": "by a process"}

open_or_build("thing", sys.argv[3], build)
"""


def builder(value=7):
    """A build function that counts its calls."""

    def build(folder):
        build.calls += 1
        np.save(folder / "pixels.npy", np.full((3, 2), value))
        return {"note": "hello"}

    build.calls = 0
    return build


def start(log, seconds, key=KEY):
    return subprocess.Popen([sys.executable, "-c", BUILDER, str(log), str(seconds), key])


def wait_for(condition):
    limit = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < limit, "it did not happen in 2 minutes"
        time.sleep(0.01)


def test_is_built_once_and_opened_from_then_on():
    build = builder()
    first, second = open_or_build("thing", KEY, build), open_or_build("thing", KEY, build)
    assert build.calls == 1
    assert first.manifest == second.manifest
    assert first.manifest["note"] == "hello"
    assert np.array_equal(second.array("pixels"), np.full((3, 2), 7))


def test_arrays_cannot_be_written_to():
    pixels = open_or_build("thing", KEY, builder()).array("pixels")
    with pytest.raises(ValueError, match="read-only"):
        pixels[0] = 1


def test_another_key_is_another_store():
    open_or_build("thing", KEY, builder(1))
    assert open_or_build("thing", KEY[::-1], builder(2)).array("pixels")[0, 0] == 2


def cut_array(folder):
    with (folder / "pixels.npy").open("rb+") as stream:
        stream.truncate(140)


def lengthen_array(folder):
    with (folder / "pixels.npy").open("ab") as stream:
        stream.write(b"more")


DAMAGE = {
    "array cut": cut_array,
    "array longer": lengthen_array,
    "array gone": lambda folder: (folder / "pixels.npy").unlink(),
    "array of another shape": lambda folder: np.save(folder / "pixels.npy", np.zeros((2, 3), int)),
    "array swapped for one like it": lambda folder: np.save(folder / "pixels.npy", np.full((3, 2), 8)),
    "array empty": lambda folder: (folder / "pixels.npy").write_bytes(b""),
    "manifest gone": lambda folder: (folder / "manifest.json").unlink(),
    "manifest cut": lambda folder: (folder / "manifest.json").write_text('{"key": "01'),
    "manifest of another kind": lambda folder: (folder / "manifest.json").write_text("[1, 2]"),
    "manifest of another key": lambda folder: (folder / "manifest.json").write_text(json.dumps({"key": "f"})),
    "all gone": shutil.rmtree,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_store_is_built_anew(damage):
    build = builder()
    DAMAGE[damage](open_or_build("thing", KEY, build).folder)
    assert np.array_equal(open_or_build("thing", KEY, build).array("pixels"), np.full((3, 2), 7))
    assert build.calls == 2


def test_copied_cache_is_used_although_its_times_are_others():
    build = builder()
    os.utime(open_or_build("thing", KEY, build).folder / "pixels.npy", (1, 1))
    assert open_or_build("thing", KEY, build).array("pixels")[0, 0] == 7
    assert build.calls == 1


def test_failed_build_leaves_nothing_behind(cache):
    def fail(folder):
        np.save(folder / "pixels.npy", np.zeros(3))
        raise RuntimeError("no luck")

    with pytest.raises(RuntimeError, match="no luck"):
        open_or_build("thing", KEY, fail)
    assert [path.suffix for path in (cache / "store").iterdir()] in ([], [".lock"])


def test_full_disk_says_what_to_do(cache):
    def fail(folder):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(ZsrError, match="is full") as caught:
        open_or_build("thing", KEY, fail)
    assert "ZSR_CACHE" in caught.value.remedy
    assert not list((cache / "store").glob("*.part"))


def test_cache_that_cannot_be_written_says_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path / "file"))
    with pytest.raises(ZsrError, match="cannot be written") as caught:
        open_or_build("thing", KEY, builder())
    assert "ZSR_CACHE" in caught.value.remedy


def test_two_processes_build_once(tmp_path):
    log = tmp_path / "log"
    processes = [start(log, 0.5) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert log.read_text() == "built\n"
    assert open_or_build("thing", KEY, builder()).manifest["made"] == "by a process"


def test_killed_builder_is_followed_by_a_clean_build(cache, tmp_path):
    process = start(tmp_path / "log", 600)
    wait_for(lambda: list((cache / "store").glob("*.part/pixels.npy")))
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    stored = open_or_build("thing", KEY, builder())
    assert np.array_equal(stored.array("pixels"), np.full((3, 2), 7))
    assert not list((cache / "store").glob("*.part"))


def test_leftovers_of_other_keys_are_swept_but_not_those_of_the_living(cache, tmp_path):
    living = KEY[::-1]
    process = start(tmp_path / "log", 600, living)
    try:
        wait_for(lambda: list((cache / "store").glob("*.part/pixels.npy")))
        dead = cache / "store" / f"thing-{'d' * 16}.part"
        dead.mkdir()
        open_or_build("thing", KEY, builder())
        assert [path.name for path in (cache / "store").glob("*.part")] == [f"thing-{living[:16]}.part"]
    finally:
        process.kill()
        process.wait(10)
