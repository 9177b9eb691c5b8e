"""Experiment files → settled experiments: profile, command-line overrides, variants and grid applied."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

import zsr_lib
from zsr_lib.configs import build, merge, override
from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError, UnknownNameError
from zsr_lib.experiments.config import Experiment

PROFILES = ("quick", "full")
FOLDER = "experiments"
SUFFIX = ".yaml"


@dataclass(frozen=True)
class Point:
    """One of the settings that an experiment file stands for.

    Attributes:
        label: What distinguishes it from the file's others; empty if there are none.
        experiment: Everything resolved.
    """

    label: dict[str, Any]
    experiment: Experiment


@dataclass(frozen=True)
class Plan:
    """What ``zsr run`` was asked for.

    Attributes:
        name: The file's name without its ending.
        profile: ``quick`` or ``full``; empty where the file has no such profile, so that it runs as it stands.
        overrides: Assignments made on the command line.
        points: Each setting to run.
    """

    name: str
    profile: str
    overrides: tuple[str, ...]
    points: tuple[Point, ...]


def point_text(label: Mapping[str, Any]) -> str:
    """A point's label as one text: ``no triplet, margin=0.2``; empty where there is only one point."""
    values = [f"{key.removeprefix('config.')}={value}" for key, value in label.items() if key != "variant"]
    return ", ".join([*filter(None, [label.get("variant")]), *values])


def find_experiment(name: str) -> Path:
    """The file that `name` names: a path, or a bare name in ``experiments/`` here or in the project.

    Raises:
        DataNotFoundError: A path that is no file.
        UnknownNameError: A bare name that no folder knows; names the nearest.
    """
    if name.endswith((SUFFIX, ".yml")) or len(Path(name).parts) > 1:
        if Path(name).is_file():
            return Path(name)
        raise DataNotFoundError(f"there is no file {name}.", "name an experiment file, or one of experiments/ by name.")
    folders = (Path(FOLDER), Path(zsr_lib.__file__).parents[1] / FOLDER)
    known = {path.stem: path for folder in reversed(folders) for path in sorted(folder.glob(f"*{SUFFIX}"))}
    if name not in known:
        raise UnknownNameError("experiment", name, known)
    return known[name]


def read_plan(
    path: Path, profile: str = "quick", assignments: Sequence[str] = (), seeds: Sequence[int] | None = None
) -> Plan:
    """Reads an experiment file and settles everything.

    Args:
        path: The file.
        profile: Which of the file's profiles is laid over it; one that the file lacks changes nothing.
        assignments: ``dotted.key=value``, stronger than everything in the file.
        seeds: Instead of the file's.

    Raises:
        BadFileError: The file is no YAML mapping.
        UnknownNameError: A key, split, metric, direction or profile that does not exist; names the nearest.
        BadInputError: A value has the wrong type, or an assignment cannot be read.
    """
    raw = _read(path)
    profiles = _mapping(raw.get("profiles"), "profiles")
    for name in (*profiles, profile):
        if name not in PROFILES:
            raise UnknownNameError("profile", name, PROFILES)
    overlay = {} if seeds is None else {"seeds": list(seeds)}
    base = merge(override(merge(raw, _mapping(profiles.get(profile), profile)), assignments), overlay)
    points = []
    for label, changes in _changes(base):
        # Once more, because a variant or the grid may have laid something over it.
        values = merge(override(merge(_inherited(base, changes, raw), changes), assignments), overlay)
        points.append(Point(label, build(Experiment, values, f"experiment {path.stem}")))
    return Plan(path.stem, profile if profile in profiles else "", tuple(assignments), tuple(points))


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadFileError(f"{path} cannot be read ({' '.join(str(error).split())}).", "mend the file.") from error
    if not isinstance(raw, dict):
        raise BadFileError(f"{path} holds no mapping.", "write 'key: value' lines: title, data, splits, method, ….")
    return raw


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    """What stands there; nothing is an empty mapping."""
    if value is not None and not isinstance(value, Mapping):
        raise BadInputError(f"{where} is no mapping.", f"write '{where}: {{key: value}}'.")
    return value or {}


def _changes(base: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(label, what is laid over the base) of every variant at every point of the grid."""
    variants, grid = _mapping(base.get("variants"), "variants"), _mapping(base.get("grid"), "grid")
    if empty := [key for key, values in grid.items() if not isinstance(values, list) or not values]:
        raise BadInputError(f"the grid has no list of values for {empty[0]}.", "write 'key: [first, second]'.")
    named = [({"variant": name}, _mapping(changes, str(name))) for name, changes in variants.items()] or [({}, {})]
    for (label, changes), values in itertools.product(named, itertools.product(*grid.values())):
        point = dict(zip(grid, values, strict=True))
        for key, value in point.items():
            changes = merge(changes, _nested(key, value))
        yield label | point, changes


def _inherited(base: Mapping[str, Any], changes: Mapping[str, Any], file: Mapping[str, Any]) -> Mapping[str, Any]:
    """What changes are laid over: with another method than the file's, of `config` only features that it takes, too."""
    from zsr_lib.models.registry import method_class  # here: tables do not wait for torch

    method, config = changes.get("method", base.get("method")), base.get("config")
    if method == file.get("method") or not isinstance(config, Mapping):
        return base
    kept = {"features"} & {each.name for each in fields(method_class(method).Config)}
    return {**base, "config": {key: value for key, value in config.items() if key in kept}}


def _nested(key: str, value: Any) -> dict[str, Any]:
    """``a.b`` and a value as ``{"a": {"b": value}}``."""
    for name in reversed(key.split(".")):
        value = {name: value}
    return value
