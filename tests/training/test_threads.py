import pytest
import torch

from zsr_lib.training.threads import pinned


def state():
    return torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()


def test_the_number_holds_inside_and_is_given_back():
    before = state()
    with pinned(3) as count:
        assert count == 3
        assert state() == (3, True)
    assert state() == before


def test_the_setting_is_the_default(monkeypatch):
    monkeypatch.setenv("ZSR_THREADS", "4")
    with pinned():
        assert torch.get_num_threads() == 4


def test_given_back_after_a_failure():
    before = state()
    with pytest.raises(RuntimeError), pinned(3):
        raise RuntimeError
    assert state() == before
