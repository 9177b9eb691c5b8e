"""The three groups that a zero-shot task divides its classes into."""

from typing import Literal

Group = Literal["seen", "validation", "unseen"]
GROUPS: tuple[Group, ...] = ("seen", "validation", "unseen")
