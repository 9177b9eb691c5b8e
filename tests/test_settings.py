import pytest

from zsr_lib import settings
from zsr_lib.errors import BadInputError, DataNotFoundError


def test_without_a_setting_there_is_no_data_root(monkeypatch):
    monkeypatch.delenv("ZSR_DATA", raising=False)
    assert settings.data_root() is None


def test_an_argument_wins_over_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("ZSR_DATA", "/nowhere")
    assert settings.data_root(tmp_path) == tmp_path.resolve()


def test_a_missing_data_root_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("ZSR_DATA", str(tmp_path / "gone"))
    with pytest.raises(DataNotFoundError, match="unset it to use the generated data"):
        settings.data_root()


def test_the_cache_goes_where_it_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path))
    assert settings.cache_root() == tmp_path.resolve()


@pytest.mark.parametrize("text", ["0", "two", "-1", ""])
def test_a_thread_count_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("ZSR_THREADS", text)
    with pytest.raises(BadInputError, match="whole number"):
        settings.threads()


def test_weights_are_found_in_and_beside_the_data_root(monkeypatch, tmp_path):
    monkeypatch.delenv("ZSR_WEIGHTS", raising=False)
    monkeypatch.setenv("ZSR_DATA", str(tmp_path / "data"))
    for folder in (tmp_path / "data" / "weights", tmp_path / "weights"):
        folder.mkdir(parents=True)
    (tmp_path / "data" / "weights" / "a.safetensors").touch()
    (tmp_path / "weights" / "b.pth").touch()
    (tmp_path / "weights" / "README.md").touch()
    (tmp_path / "weights" / "text").mkdir()
    (tmp_path / "weights" / "text" / "c.onnx").touch()
    (tmp_path / "weights" / "text" / "tokenizer.json").touch()
    assert sorted(path.name for path in settings.weight_files()) == ["a.safetensors", "b.pth", "c.onnx"]
