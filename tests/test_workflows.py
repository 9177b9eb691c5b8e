"""Workflows cannot be run here; what can be read off them is checked."""

import re
from pathlib import Path

import pytest
import yaml

from zsr_lib.book.cli import book

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request):
    return request.param.read_text()


def test_actions_are_pinned_by_commit_and_say_which_version(workflow):
    used = re.findall(r"uses: (\S+)(.*)", workflow)
    assert [
        action for action, comment in used if not re.search(r"@[0-9a-f]{40}$", action) or " # v" not in comment
    ] == []


def test_rights_are_given_job_by_job_and_time_is_limited(workflow):
    content = yaml.safe_load(workflow)
    assert content["permissions"] == {"contents": "read"}
    assert [name for name, job in content["jobs"].items() if "timeout-minutes" not in job] == []


def test_scripts_do_not_paste_expressions_into_the_shell(workflow):
    jobs = yaml.safe_load(workflow)["jobs"].values()
    scripts = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    assert [script for script in scripts if "${{" in script] == []


def test_make_targets_and_commands_exist(workflow):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", workflow)) <= targets
    assert set(re.findall(r"\bzsr book ([a-z]+)", workflow)) <= set(book.commands)


def test_the_check_script_is_what_ci_runs():
    assert "bash .ci/run" in (ROOT / ".github" / "workflows" / "test.yml").read_text()


def test_jupyterlab_is_tested_once_in_a_job_of_its_own():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())["jobs"]
    (script,) = (step for step in jobs["ci"]["steps"] if "bash .ci/run" in step.get("run", ""))
    assert script["env"]["TESTS"] == '-m "not lab"'
    assert any('TESTS="-m lab"' in step.get("run", "") for step in jobs["lab"]["steps"])
    texts = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py")]
    users = [text for text in texts if re.search(r"^from tests\.lab import", text, flags=re.MULTILINE)]
    assert users
    assert all("pytest.mark.lab" in text for text in users)
