"""What names a run by its setting; and seals: checksums inside files of results, so that an edited number is noticed.

A seal is no signature. Who runs the code can write another one; but not by opening the file, and not by accident.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SEAL = "seal"
"""The key under which a file keeps its seal."""


def seal_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of what a file says, its own seal left out; the order of keys and the layout of the file do not count."""
    rest = {key: value for key, value in content.items() if key != SEAL}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with its seal as the last entry."""
    return {key: value for key, value in content.items() if key != SEAL} | {SEAL: seal_of(content)}


def fits(content: Mapping[str, Any]) -> bool:
    """Whether the content is what was sealed; without a seal it is not."""
    return content.get(SEAL) == seal_of(content)


def training_of(setting: Mapping[str, Any], split: str, seed: int) -> dict[str, Any]:
    """What a fitted system follows from, beside the data's checksums."""
    return {key: setting[key] for key in ("data", "method", "config")} | {"split": split, "seed": seed}


def scoring_of(setting: Mapping[str, Any]) -> dict[str, Any]:
    """The rest of a setting: how what was trained is scored."""
    return {key: value for key, value in setting.items() if key not in ("data", "method", "config")}


def digest(value: Any) -> str:
    """Twelve hexadecimal digits that name nested plain values."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
