"""Configurations: plain mappings (YAML, the command line) → frozen dataclasses, and back.

An unknown key is an error that names the nearest valid one, and so is a value of the wrong type: a misspelled
option must never run with its default.
"""

import math
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import Field, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

from zsr_lib.errors import BadInputError, UnknownNameError

T = TypeVar("T")
_EXPONENT = re.compile(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+")


def build(cls: type[T], values: Mapping[str, Any] | None = None, where: str = "") -> T:
    """A frozen dataclass from plain values; keys that are not given keep their defaults.

    Args:
        cls: The dataclass; fields may be dataclasses themselves, scalars, ``Literal``, ``| None``, tuples and
            ``dict[str, …]``.
        values: Names and values, as YAML has them.
        where: What to call the mapping in messages, for example ``method config``.

    Raises:
        UnknownNameError: A key is not a field; names the nearest.
        BadInputError: A value has the wrong type, or a field without default is not given.
    """
    where = where or cls.__name__
    values = {} if values is None else values
    if not isinstance(values, Mapping):
        raise BadInputError(f"{where} is {values!r}, not a mapping.", "write 'key: value' lines.")
    hints = _hints(cls)
    known = [each.name for each in fields(cls) if each.init]  # type: ignore[arg-type]
    for key in values:
        if key not in known:
            raise UnknownNameError(f"key of {where}", str(key), known)
    made = {key: _value(hints[key], value, f"{where}.{key}") for key, value in values.items()}
    try:
        return cls(**made)
    except TypeError as error:
        raise BadInputError(f"{where} is not complete ({error}).", f"give: {', '.join(known)}.") from error


_hints = cache(get_type_hints)
"""Of a dataclass; read once, because a table builds thousands of them."""


def added(default: Any) -> Any:
    """A field that came after runs were kept: `plain` leaves it out at its default, so older settings stay the same."""
    return field(default=default, metadata={"added": True})


def plain(config: object) -> Any:
    """A configuration as mappings, lists and scalars, ready for YAML and JSON; `build` reads it again."""
    if is_dataclass(config) and not isinstance(config, type):
        said = [each for each in fields(config) if each.init and not _at_added_default(each, config)]
        return {each.name: plain(getattr(config, each.name)) for each in said}
    if isinstance(config, Mapping):
        return {str(key): plain(value) for key, value in config.items()}
    if isinstance(config, tuple | list):
        return [plain(value) for value in config]
    return config


def jsonable(value: Any) -> Any:
    """Nested values with NumPy's as Python's, and None for what JSON has no number for."""
    if isinstance(value, Mapping):
        return {str(key): jsonable(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(each) for each in value]
    if hasattr(value, "tolist"):
        return jsonable(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value


def _at_added_default(option: Field, config: object) -> bool:
    return bool(option.metadata.get("added")) and getattr(config, option.name) == option.default


def override(values: Mapping[str, Any], assignments: Iterable[str]) -> dict[str, Any]:
    """A copy of nested `values` with assignments such as ``method.training.steps=200`` applied.

    Raises:
        BadInputError: An assignment has no ``=``, its value is no YAML, or its path goes through a scalar.
    """
    changed = {key: dict(value) if isinstance(value, Mapping) else value for key, value in values.items()}
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals or not path:
            raise BadInputError(f"'{assignment}' assigns nothing.", "write --set key=value, for example seed=1.")
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise BadInputError(f"'{text}' is no YAML value.", "quote it, or write a number, true, false.") from error
        _assign(changed, path.split("."), value, assignment)
    return changed


def merge(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the values of `more` laid over it, mapping by mapping."""
    merged = dict(base)
    for key, value in more.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _assign(values: dict[str, Any], path: list[str], value: object, assignment: str) -> None:
    for name in path[:-1]:
        inner = values.get(name, {})
        if not isinstance(inner, Mapping):
            raise BadInputError(f"'{assignment}': {name} is a value, not a group.", "shorten the path before '='.")
        values[name] = values = dict(inner)
    values[path[-1]] = value


def _value(kind: Any, value: Any, where: str) -> Any:
    """`value` as type `kind`; whole numbers pass for fractions, lists for tuples."""
    if kind is Any:
        return value
    if isinstance(kind, type) and is_dataclass(kind):
        return value if isinstance(value, kind) else build(kind, value, where)
    origin, arguments = _parts(kind)
    if origin in (Union, types.UnionType):
        return _one_of(arguments, value, where)
    if origin is Literal:
        if value not in arguments:
            raise UnknownNameError(where, str(value), map(str, arguments))
        return value
    if origin is tuple and isinstance(value, list | tuple):
        return tuple(_value(arguments[0], each, where) for each in value)
    if origin in (dict, Mapping) or kind is dict:
        if isinstance(value, Mapping):
            if arguments[1] is Any:  # as most of a record is, of which a table reads a thousand
                return {str(key): each for key, each in value.items()}
            return {str(key): _value(arguments[1], each, f"{where}.{key}") for key, each in value.items()}
    elif kind is float and isinstance(value, str) and _EXPONENT.fullmatch(value):
        return float(value)  # YAML 1.1 takes 1e-4, which has no dot, for a text
    elif _is(kind, value):
        return float(value) if kind is float else value
    raise BadInputError(f"{where} is {value!r}.", f"give {_readable(kind)}.")


@cache
def _parts(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    return get_origin(kind), get_args(kind)


def _one_of(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and type(None) in kinds:
        return None
    kinds = tuple(kind for kind in kinds if kind is not type(None))
    for kind in kinds[:-1]:
        try:
            return _value(kind, value, where)
        except (BadInputError, UnknownNameError):
            continue
    return _value(kinds[-1], value, where)


def _is(kind: Any, value: Any) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(kind, type) and isinstance(value, kind)


def _readable(kind: Any) -> str:
    names = {float: "a number", int: "a whole number", bool: "true or false", str: "a text"}
    return names.get(kind, f"a value of type {getattr(kind, '__name__', kind)}")
