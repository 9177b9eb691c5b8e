import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image

from zsr_lib.cli import main
from zsr_lib.data.datasets import dataset_names

from .conftest import draw_ucmerced


@pytest.fixture
def zsr(capsys):
    """Runs ``zsr data …``; returns exit status, output and errors."""

    def run(*arguments):
        with pytest.raises(SystemExit) as done:
            main(["data", *map(str, arguments)])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return done.value.code, captured.out, captured.err

    return run


def test_list_says_what_is_here(zsr, root):
    def states(*arguments):
        _, out, _ = zsr("list", *arguments)
        return {line.split()[0]: line.split()[1] for line in out.split("\n\n")[0].splitlines()}

    drawn = ("generated", "generated_heights", "generated_bands", "generated_text")
    missing = dict.fromkeys(dataset_names(), "missing") | dict.fromkeys(drawn, "here")
    assert states() == missing
    assert states("--data", root) == missing | {"ucmerced": "here", "eoc": "here"}


def test_info_as_json(zsr, root, eoc_classes):
    status, out, _ = zsr("info", "eoc", "--json", "--data", root)
    facts = json.loads(out)
    assert status == 0
    assert facts["counts"]["photo"] == dict.fromkeys(eoc_classes, 2)
    assert facts["counts"]["sketch"]["storagetanks"] == 3
    assert facts["counts"]["sketch"]["river"] == 0
    assert facts["found"]["sketch"] == str(root / "eoc_sketches")
    assert len(facts["checksum"]) == 64
    assert facts["login"] is True


def test_info_of_what_is_missing_still_tells_what_is_known(zsr, cache):
    status, out, _ = zsr("info", "ucmerced")
    assert status == 0
    assert "Yang and S. Newsam" in out
    assert "zsr data prepare ucmerced" in out
    facts = json.loads(zsr("info", "ucmerced", "--json")[1])
    assert facts["here"] is False
    assert facts["archive"]["filename"] == "UCMerced_LandUse.zip"
    assert "counts" not in facts


def test_info_for_reading_has_a_row_per_class(zsr, root):
    _, out, _ = zsr("info", "eoc", "--data", root)
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.startswith("  ")}
    assert rows["storagetanks"] == ["2", "3"]
    assert rows["all"] == ["28", "12"]


def test_info_needs_no_decodable_files(zsr, root):
    (root / "ucmerced" / "river" / "river00.png").write_bytes(b"")
    assert zsr("info", "ucmerced", "--data", root)[0] == 0


def test_prepare_from_an_official_zip(zsr, cache, tmp_path):
    images = draw_ucmerced(tmp_path / "make" / "UCMerced_LandUse" / "Images")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for path in images.rglob("*.tif"):
            archive.write(path, path.relative_to(tmp_path / "make"))
    status, out, err = zsr("prepare", "ucmerced", "--from", tmp_path / "x.zip", "--size", 16)
    assert status == 0
    assert "ucmerced is ready at 16 px: 42 photo items of 21 classes." in out
    assert "decoding ucmerced photo" in err


def test_prepare_says_when_the_data_root_comes_first(zsr, root, tmp_path):
    other = draw_ucmerced(tmp_path / "other")
    _, out, _ = zsr("prepare", "ucmerced", "--from", other, "--data", root)
    assert f"note: what {other} holds is used only without" in out
    _, out, _ = zsr("prepare", "ucmerced", "--from", other)
    assert "note: what" not in out


def test_prepare_names_bad_files_and_can_skip_them(zsr, root):
    (root / "ucmerced" / "river" / "river00.png").write_bytes(b"")
    status, _, err = zsr("prepare", "ucmerced", "--data", root)
    assert status == 2
    assert "river00.png is empty" in err
    assert "zsr data prepare ucmerced --size 64 --skip-bad" in err
    status, out, _ = zsr("prepare", "ucmerced", "--data", root, "--skip-bad")
    assert status == 0
    assert "river00.png is empty" in out
    assert "41 photo items" in out


def test_prepare_what_needs_a_login(zsr, root):
    (root / "eoc_sketches").rename(root / "gone")
    status, _, err = zsr("prepare", "eoc", "--data", root)
    assert status == 2
    assert "asks for a login" in err
    assert str(root / "eoc_sketches") in err


def test_show_writes_a_sheet(zsr, root, tmp_path):
    out = tmp_path / "new" / "sheet.png"
    rows = "Aeroplane,river"
    arguments = ("show", "eoc", "--data", root, "--out", out, "--classes", rows, "--per-class", 2, "--size", 16)
    assert zsr(*arguments)[0] == 0
    both = np.asarray(Image.open(out))
    assert zsr(*arguments, "--modality", "photo")[0] == 0
    assert both.std() > 20
    assert both.shape[1] > np.asarray(Image.open(out)).shape[1]
    assert [path.name for path in out.parent.iterdir()] == ["sheet.png"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("info", "eocc"), "did you mean eoc"),
        (("show", "ucmerced", "--out", "x.png", "--classes", "rivr"), "did you mean river"),
        (("show", "ucmerced", "--out", "x.png", "--modality", "sketch"), "has no sketch items"),
        (("show", "ucmerced", "--out", "x.png", "--modality", "smell"), "has no smell items"),
        (("show", "ucmerced", "--out", ""), "does not end in .png"),
        (("show", "ucmerced", "--out", "x.jpg"), "does not end in .png"),
        (("show", "ucmerced", "--out", f"{'x' * 300}.png", "--size", "8"), "File name too long"),
        (("show", "ucmerced", "--out", "x.png", "--size", "8", "--tile", "500000"), "16 to 1024 px"),
        (("show", "ucmerced", "--out", "x.png", "--size", "8", "--per-class", "900000"), "too large"),
        (("show", "ucmerced", "--out", "x.png", "--classes", "river,,harbor"), "unknown class"),
        (("prepare", "ucmerced", "--from", "typo.zip"), "does not exist"),
        (("prepare", "ucmerced", "--from", ""), "--from names nothing"),
        (("prepare", "ucmerced", "--from", __file__), "has to be unpacked by you"),
        (("prepare", "generated", "--skip-bad"), "leave out --skip-bad"),
        (("prepare", "ucmerced", "--size", "3"), "image size is 3"),
        (("list", "--data", "typo"), "is not a folder"),
    ],
)
def test_mistakes_exit_with_two_and_say_what_to_do(zsr, root, monkeypatch, arguments, message):
    monkeypatch.setenv("ZSR_DATA", str(root))
    status, _, err = zsr(*arguments)
    assert status == 2
    assert message in err


def test_out_below_a_file(zsr, root, tmp_path):
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / "file" / "sheet.png"
    status, _, err = zsr("show", "ucmerced", "--data", root, "--out", out, "--size", 16)
    assert status == 2
    assert "cannot be written" in err


def test_two_processes_preparing_at_once(zsr, root):
    command = "import sys; from zsr_lib.cli import main; main(['data', 'prepare', 'eoc', '--data', sys.argv[1]])"
    running = [subprocess.Popen([sys.executable, "-c", command, str(root)], stderr=subprocess.PIPE) for _ in range(2)]
    errors = [process.communicate(timeout=60)[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0], errors
    assert sum("decoding eoc photo: 100%" in text for text in errors) == 1
    assert zsr("prepare", "eoc", "--data", root)[2] == ""
