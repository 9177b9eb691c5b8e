import datetime
from types import SimpleNamespace

from zsr_lib.book.check import not_checked

TODAY = datetime.date(2026, 1, 11)


def test_run_records_beside_the_references_are_no_source_of_numbers(tmp_path):
    (tmp_path / "reported" / "runs" / "some-experiment").mkdir(parents=True)
    assert not_checked(SimpleNamespace(root=tmp_path), "generated-quick", TODAY) == []
