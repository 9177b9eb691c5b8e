"""The three files that name versions agree."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def ranges():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return {canonical(Requirement(text).name): Requirement(text) for group in groups for text in group}


@pytest.fixture(scope="module")
def pins():
    lines = (ROOT / "constraints.txt").read_text().split()
    return {canonical(line.split("==")[0]): line.split("==")[1] for line in lines}


@pytest.fixture(scope="module")
def conda():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    lines = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    return {canonical(line.split("==")[0]): line.split("==")[1] for line in lines if "==" in line}


def test_every_declared_dependency_is_pinned_inside_its_range(ranges, pins):
    outside = [name for name, need in ranges.items() if name not in pins or not need.specifier.contains(pins[name])]
    assert outside == []


def test_environment_lists_the_declared_dependencies_and_nothing_else(ranges, conda):
    assert set(conda) == set(ranges)


def test_environment_has_the_pinned_versions(pins, conda):
    assert conda == {name: pins[name] for name in conda}


def test_pins_name_no_index_and_no_local_build(pins):
    assert not [version for version in pins.values() if "+" in version or "/" in version]


def test_the_asset_lock_has_hashes_and_no_addresses():
    lock = (ROOT / "book" / "package-lock.json").read_text()
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')
    assert "http" not in lock
    assert "resolved" not in lock
