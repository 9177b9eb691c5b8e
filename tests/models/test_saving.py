import json

import pytest

from zsr_lib.errors import BadFileError, BadInputError, UnknownNameError
from zsr_lib.models.references.frozen import Frozen
from zsr_lib.models.registry import create
from zsr_lib.models.saving import DESCRIPTION, TENSORS, load, save

FEATURES = {"features": {"backbone": "hog", "size": 64}}


@pytest.fixture
def saved(task, tmp_path):
    method = create("standardised", FEATURES)
    method.fit(task)
    save(method, tmp_path / "model")
    return tmp_path / "model"


def changed(folder, **values):
    path = folder / DESCRIPTION
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_no_file_is_a_pickle(saved):
    assert sorted(path.name for path in saved.iterdir()) == [DESCRIPTION, TENSORS]
    assert json.loads((saved / DESCRIPTION).read_text())["method"] == "standardised"


def test_an_option_comes_back(task, tmp_path):
    method = create("standardised", FEATURES | {"centre_only": True})
    method.fit(task)
    save(method, tmp_path)
    assert load(tmp_path).config == method.config


def test_a_system_without_a_name_cannot_be_saved(tmp_path):
    with pytest.raises(BadInputError, match="registered"):
        save(Frozen(), tmp_path)


def test_a_folder_without_a_system_is_refused(tmp_path):
    with pytest.raises(BadFileError, match="no saved system"):
        load(tmp_path)


@pytest.mark.parametrize("damage", [lambda data: data[:-3], lambda data: b"x" + data[1:], lambda data: b""])
def test_damaged_tensors_are_refused(saved, damage):
    path = saved / TENSORS
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(BadFileError, match="not what was saved"):
        load(saved)


def test_a_newer_format_is_refused(saved):
    changed(saved, format=99)
    with pytest.raises(BadFileError, match="format 99"):
        load(saved)


def test_a_system_or_option_of_another_version_is_named(saved):
    changed(saved, method="standardized")
    with pytest.raises(UnknownNameError, match="standardised"):
        load(saved)
    changed(saved, method="standardised", config={"center": True})
    with pytest.raises(UnknownNameError, match="centre"):
        load(saved)


def test_other_backbone_weights_than_at_fitting_are_refused(saved):
    about = json.loads((saved / DESCRIPTION).read_text())["about"]
    changed(saved, about=about | {"feature_keys": {"photo": "0" * 64, "sketch": "0" * 64}})
    with pytest.raises(BadInputError, match="not the one that this system was fitted with"):
        load(saved)
