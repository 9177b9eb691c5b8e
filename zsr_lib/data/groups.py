"""The three groups that a task divides its classes, or its items, into."""

from typing import Literal

Group = Literal["seen", "validation", "unseen"]
GROUPS: tuple[Group, ...] = ("seen", "validation", "unseen")
SHARE = 0.2
"""Of what is not tested with, for choosing models, where nobody says otherwise."""
