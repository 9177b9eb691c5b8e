from dataclasses import replace

import pytest

from zsr_lib.book.hover import provenance_texts, with_provenance, with_provenance_in_table
from zsr_lib.reporting.executed import Claim, Stated
from zsr_lib.reporting.references import Reference, References

AP = Claim("ap", 0.5, "trained", metric='AP|"all"')
WHERE = {"code": {"commit": "abc", "library": "f" * 64}, "device": "CPU", "threads": 2, "date": "2026-02-02"}
STATED = Stated("01", {"ap": AP}, {"eoc": "e" * 64}, {"provenance": WHERE})


def test_a_number_tells_how_it_is_compared_and_what_made_it():
    known = References({"ap": Reference(AP, tolerance=0.001)}, {"date": "2026-01-01"})
    assert provenance_texts(STATED, known)["ap"] == (
        'ap · AP|"all" · trained, may move by 0.001 · executed 2026-02-02 on CPU, 2 threads · '
        "commit abc, library ffffffffffff · eoc eeeeeeeeeeee · reference re-earned on 2026-01-01"
    )
    assert provenance_texts(STATED, None)["ap"].endswith("eoc eeeeeeeeeeee · no reference")


def test_a_number_of_stored_runs_names_its_record_and_what_it_is_worth():
    stated = replace(STATED, runs={"ap": ("e/a-seed0-1", "e/a-seed1-2")})
    (text,) = provenance_texts(stated, None, lambda names: f"{len(names)} stored").values()
    assert " · record e/a-seed0-1 and 1 more: 2 stored · executed " in text
    assert "record" not in provenance_texts(STATED, None, lambda names: "stored")["ap"]


@pytest.mark.parametrize("role", ["{glue:text}`ap`", "{glue:text}`ap:.3f`", "{glue:text}`ap:+.3f`"])
def test_every_stated_number_has_it_as_its_title(role):
    (text,) = provenance_texts(STATED, None).values()
    page = with_provenance(f"# AP {role}\n\nIt is **{role}** | {role}.", {"ap": text})
    heading, _, line = page.split("\n")
    assert heading == f"# AP {role}"
    title = 'title="ap · AP&#124;&quot;all&quot; · trained'
    assert line.count(title) == line.count(f">{role}</span>") == 2


def test_what_the_chapter_does_not_state_stays():
    page = "{glue:text}`other` and `{glue:text}` and {glue:figure}`ap`"
    assert with_provenance(page, {"ap": "x"}) == page


def test_numbers_of_a_table_of_claims_have_it_too():
    table = "| system | AP | verdict |\n| --- | ---: | ---: |\n| ours \\| theirs | 0.500 | better |\n| λ = 0.1 |  |  |"
    keys = ["t-ours-theirs-ap"]
    shown = with_provenance_in_table(table, keys, {keys[0]: "from <here>"})
    titled = '<span class="zsr-number" title="from &lt;here&gt;">0.500</span>'
    assert shown == table.replace("0.500", titled)
    assert with_provenance_in_table(table, ["t-other-ap"], {"t-other-ap": "x"}) == table
