import subprocess
import sys

import pytest

from zsr_lib.cli import COMMANDS, main


def run(*arguments):
    return subprocess.run([sys.executable, "-c", "from zsr_lib.cli import main; main()", *arguments],
                          capture_output=True, text=True, check=False)  # fmt: skip


def test_every_command_of_the_table_exists(capsys):
    for name in COMMANDS:
        with pytest.raises(SystemExit) as done:
            main([name, "--help"])
        assert done.value.code == 0
        assert "Usage: zsr" in capsys.readouterr().out


def test_an_unknown_command_gets_the_nearest_and_status_2():
    result = run("docter")
    assert result.returncode == 2
    assert "did you mean doctor" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_option_has_status_2():
    assert run("doctor", "--colour").returncode == 2


def test_help_and_import_do_not_load_the_heavy_libraries():
    code = (
        "import sys, zsr_lib, zsr_lib.cli\n"
        "print(sorted({'torch', 'torchvision', 'umap', 'onnx', 'sklearn', 'skimage', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("command", [["data"], ["data", "prepare"], ["data", "show"], ["evaluate"], ["compare"]])
def test_help_has_examples_on_lines_of_their_own(command, capsys):
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"    zsr {command[0]}") for line in lines)
