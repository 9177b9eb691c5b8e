import errno
import hashlib
import subprocess
import sys

import pytest

from zsr_lib.errors import ZsrError
from zsr_lib.files import atomic_path, exclusive, explained, sha256_of, write_text


def test_checksum_is_the_standard_one(tmp_path):
    file = tmp_path / "abc"
    file.write_bytes(b"abc")
    assert sha256_of(file) == hashlib.sha256(b"abc").hexdigest()


def test_a_file_appears_whole(tmp_path):
    write_text(tmp_path / "deep" / "note.txt", "Grüße")
    assert (tmp_path / "deep" / "note.txt").read_text(encoding="utf-8") == "Grüße"


def test_a_failure_keeps_the_old_file_and_leaves_nothing_behind(tmp_path):
    target = tmp_path / "note.txt"
    write_text(target, "old")

    def fail():
        with atomic_path(target) as temporary:
            temporary.write_text("half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_killed_while_writing_keeps_the_old_file(tmp_path):
    target = tmp_path / "note.txt"
    write_text(target, "old")
    code = (
        "import os, signal, sys; from pathlib import Path; from zsr_lib.files import atomic_path\n"
        "with atomic_path(Path(sys.argv[1])) as part:\n"
        "    part.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code, target], check=False).returncode == -9
    assert target.read_text() == "old"


@pytest.mark.parametrize(
    ("code", "says"),
    [(errno.ENOSPC, "is full"), (errno.EROFS, "cannot be written"), (errno.EACCES, "cannot be written")],
)
def test_the_systems_refusals_get_a_remedy(tmp_path, code, says):
    with pytest.raises(ZsrError, match=says) as caught, explained(tmp_path):
        raise OSError(code, "no")
    assert "ZSR_CACHE" in caught.value.remedy


def test_other_system_errors_pass_unchanged(tmp_path):
    with pytest.raises(FileNotFoundError), explained(tmp_path):
        raise FileNotFoundError("gone")


def test_a_lock_that_is_held_elsewhere_is_named(tmp_path):
    lock = tmp_path / "lock"
    code = (
        "import sys; from pathlib import Path; from zsr_lib.files import exclusive\n"
        "with exclusive(Path(sys.argv[1]), 'working'): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(ZsrError, match="another process is building"),
            exclusive(lock, "building", wait_seconds=0.1),
        ):
            raise AssertionError("must not get here")
    finally:
        holder.communicate("")
    with exclusive(lock, "building", wait_seconds=5):
        assert lock.exists()
