from dataclasses import is_dataclass

import pytest

from zsr_lib.configs import build, plain
from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.codes import DISTANCES
from zsr_lib.models import registry
from zsr_lib.models.method import Method
from zsr_lib.models.references.frozen import Frozen
from zsr_lib.models.registry import create, method_class, method_names, register


@pytest.mark.parametrize("name", method_names())
def test_every_registered_system_follows_the_contract(name):
    cls = method_class(name)
    assert issubclass(cls, Method)
    assert is_dataclass(cls.Config)
    assert cls.Config.__dataclass_params__.frozen
    method = create(name)
    assert (method.name, method.distance in DISTANCES) == (name, True)
    assert method.legacy == name.startswith("legacy_")


@pytest.mark.parametrize("name", method_names())
def test_every_configuration_survives_json(name):
    config = method_class(name).Config()
    assert build(type(config), plain(config)) == config


def test_an_unknown_system_names_the_nearest():
    with pytest.raises(UnknownNameError, match="zseoc"):
        create("zseok")


def test_a_configuration_of_another_system_is_refused():
    with pytest.raises(BadInputError, match="FrozenConfig"):
        Frozen(object())


def test_a_class_from_elsewhere_can_be_registered(monkeypatch):
    monkeypatch.setattr(registry, "METHODS", dict(registry.METHODS))
    monkeypatch.setattr(registry, "_FOUND", {})

    class Mine(Frozen):
        """Not in any module's namespace, as in a notebook."""

    register("mine", Mine)
    assert "mine" in method_names()
    assert type(create("mine")) is Mine
