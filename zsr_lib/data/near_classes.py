"""Classes that are near a held-out one without being it, with a decision on each in ``near_classes.yaml``."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from zsr_lib.data.names import class_key

LEFT_OUT, STAYS = "left out", "stays"


@dataclass(frozen=True)
class NearPair:
    """Two classes, what is done with one where the other is held out (`LEFT_OUT` or `STAYS`), and why."""

    one: str
    other: str
    decision: str
    reason: str


@cache
def near_pairs() -> tuple[NearPair, ...]:
    """All pairs that have been decided on."""
    listed = yaml.safe_load(files(__package__).joinpath("near_classes.yaml").read_text(encoding="utf-8"))
    return tuple(NearPair(*row[:2], decision, row[2]) for decision in (LEFT_OUT, STAYS) for row in listed[decision])


def near(names: Iterable[str], held_out: Iterable[str], decision: str) -> tuple[str, ...]:
    """Those of `names`, in any spelling, that have the decision where the classes `held_out` are held out."""
    keys = {class_key(name) for name in held_out} - {""}
    pairs = [(class_key(each.one), class_key(each.other)) for each in near_pairs() if each.decision == decision]
    found = {other for pair in pairs for one, other in (pair, pair[::-1]) if one in keys}
    return tuple(name for name in names if class_key(name) in found)
