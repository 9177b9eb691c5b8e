import pytest

from zsr_lib.progress import progress_bar


@pytest.mark.parametrize(("show", "setting", "expected"), [(True, "", False), (False, "", True), (True, "1", True)])
def test_a_bar_is_silent_when_told_so(monkeypatch, show, setting, expected):
    monkeypatch.setenv("TQDM_DISABLE", setting)
    bar = progress_bar([1, 2], show=show, leave=False)
    assert bar.disable is expected
    assert list(bar) == [1, 2]
