"""What stands beside a system's numbers: its backbone, what it was pretrained and trained on, what it costs."""

from collections.abc import Mapping, Sequence
from typing import Any

from zsr_lib.data.near_classes import STAYS, near
from zsr_lib.experiments.submitted import is_submitted
from zsr_lib.reporting.run_record import RunRecord

LEAGUES = {
    0: "pretrained on ImageNet or on nothing",
    1: "pretrained on data from the web, or on what nobody knows",
    2: "transductive: its codes depend on the other unseen items",
}
ENCODER = "sentence_encoder"
"""The backbone that has read nobody knows what."""
IMAGENET = 1000
"""Classes of ImageNet-1k, by which records know it."""


def backbone_of(record: RunRecord) -> str:
    """The backbone's name; ``own network`` where a system trains one of its own on pixels."""
    return declared(record).get("backbone") or _features(record).get("backbone") or "own network"


def pretraining_of(record: RunRecord) -> str:
    """What the backbone's weights were trained on, in words."""
    if "pretrained" in declared(record):
        return declared(record)["pretrained"] or "not said"
    classes = _pretraining(record)["classes"]
    return {None: "unknown", 0: "nothing", IMAGENET: "ImageNet-1k"}.get(classes, f"{classes} classes")


def league_of(record: RunRecord) -> int:
    """One of `LEAGUES`; of codes that were handed in, the one that their authors claim."""
    if record.audit["label"] == "transductive":
        return 2
    if "league" in declared(record):
        return declared(record)["league"]
    return 0 if _pretraining(record)["classes"] in (0, IMAGENET) else 1


def training_of(record: RunRecord) -> str:
    """What it was trained on: classes, items, drawings, other data sets with what is near a held-out class there."""
    if "trained_on" in declared(record):
        return declared(record)["trained_on"] or "not said"
    if not any(part["classes"] != [] for part in record.audit["parts"]):
        return "nothing"
    task = record.task
    counts = {"photo": task["photos"], "sketch": task["sketches"], **task.get("items", {})}
    items = [f"{each['seen']} {name}" for name, each in counts.items() if each.get("seen")]
    drawn = task["machine_sketches"].get("seen", 0)
    parts = [f"{len(task['classes']['seen'])} classes", *items, *([f"{drawn} drawings"] if drawn else [])]
    held_out = [*task["classes"]["validation"], *task["classes"]["unseen"]]
    parts += [_auxiliary(each, held_out) for each in task["auxiliary"]]
    origin = record.setting["data"].get("seen_from")
    semantics = _config(record).get("semantics")
    parts += [f"seen classes of {origin['dataset']}"] if origin else []
    return ", ".join([*parts, *([str(semantics)] if semantics else [])])


def parameters_of(record: RunRecord) -> int | None:
    """How many numbers its fit made, a backbone that stayed as it was left out; None in older records."""
    return record.method.get("parameters")


def code_of(record: RunRecord, direction: str) -> tuple[str, int | None]:
    """A code in words, ``64 float32`` or ``64 bits``, and its bytes; nothing in older records."""
    told = record.results[direction].get("code")
    return ("", None) if told is None else (f"{told['length']} {told['type']}", told["bytes"])


def declared(record: RunRecord) -> Mapping[str, Any]:
    """What the authors of codes that were handed in say of them; empty for systems that were watched."""
    return record.method.get("declared", {}) if is_submitted(record) else {}


def _pretraining(record: RunRecord) -> Mapping[str, Any]:
    """Weights and number of classes; systems that name no weights were trained from nothing."""
    about = record.method.get("about", {})
    told = about.get("of", about).get("pretraining")
    text = _config(record).get("text", {})
    if text.get("backbone") == ENCODER and _config(record).get("descriptions", True):
        return {"weights": text["weights"], "classes": None}  # the first records named the other backbone alone
    if told is not None:
        return told
    weights = _features(record).get("weights") or _config(record).get("weights") or "none"
    known = {"none": 0, "imagenet": IMAGENET}
    return {"weights": weights, "classes": known.get(weights)}


def _features(record: RunRecord) -> Mapping[str, Any]:
    return _config(record).get("features") or {}


def _config(record: RunRecord) -> Mapping[str, Any]:
    """The system's options; those of the inner one where its codes became bits."""
    config = record.setting["config"]
    return config["options"] if "of" in config and "options" in config else config


def _auxiliary(told: Mapping[str, Any], held_out: Sequence[str]) -> str:
    """Its name, and its classes that are near held-out ones, which older records do not name."""
    close = ", ".join(near(told["classes"], held_out, STAYS))
    return f"+ {told['dataset']}, {len(told['classes'])} classes" + (f" (near held-out ones: {close})" if close else "")
