import json

import pytest

from zsr_lib.cli import main
from zsr_lib.reporting.published import published


@pytest.fixture
def zsr(capsys):
    def called(*arguments):
        with pytest.raises(SystemExit) as done:
            main(["published", *arguments])
        found = capsys.readouterr()
        return done.value.code or 0, found.out, found.err

    return called


def test_one_data_set_as_tables_with_its_footnotes(zsr):
    status, out, _ = zsr("eoc")
    assert status == 0
    assert out.startswith("eoc · sketch→photo; zero-shot\n")
    row = next(line for line in out.splitlines() if line.startswith("ZSIH (64 bits)") and "mAP" in line)
    assert row.split("  ")[0] == "ZSIH (64 bits)"
    assert "eoc, list not stated" in row
    assert row.rstrip().endswith("[5] [6] [7]")
    assert [line.split("]")[0] + "] " for line in out.splitlines() if line.startswith("[")] == [
        "[5] ",
        "[6] ",
        "[7] ",
        "[8] ",
        "[10] ",
    ]


def test_all_as_json(zsr):
    told = json.loads(zsr("--json")[1])
    assert len(told["numbers"]) == len(published().numbers)
    assert {"system", "definition", "printed", "unit", "caveats"} <= told["numbers"][0].keys()
    assert {each["source"] for each in told["numbers"]} == told["sources"].keys()


def test_an_unknown_data_set_names_the_nearest(zsr):
    status, _, err = zsr("sketchi")
    assert status == 2
    assert "did you mean sketchy" in err


def test_help_has_examples(zsr):
    assert "    zsr published " in zsr("--help")[1]
