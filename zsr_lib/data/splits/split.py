"""What a zero-shot split is: classes seen in training, classes kept unseen, and who chose them."""

import hashlib
import json
from dataclasses import dataclass

from zsr_lib.data.names import class_key, match_class
from zsr_lib.errors import BadInputError


@dataclass(frozen=True)
class Split:
    """One division of a data set's classes; constructing it proves that seen and unseen do not overlap.

    Attributes:
        name: For example ``sketchy-25-sake``.
        dataset: The data set whose class names are used.
        seen: Classes that may be used for training, or None when no source at hand lists them.
        unseen: Classes that nothing trained may touch.
        source: Who published the choice, and where.
        note: What a reader must know: inferred, reduced, overlapping with ImageNet.

    Raises:
        BadInputError: No unseen class, a class twice, or a class both seen and unseen, also under an alias.
    """

    name: str
    dataset: str
    seen: tuple[str, ...] | None
    unseen: tuple[str, ...]
    source: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not self.unseen:
            raise BadInputError(f"split '{self.name}' has no unseen class.", "name at least one class as unseen.")
        taken: dict[str, str] = {}
        for name in self.classes:
            key = class_key(name)
            if key in taken:
                raise BadInputError(
                    f"split '{self.name}' holds '{taken[key]}' and '{name}', one class.",
                    "put each class once, either into seen or into unseen.",
                )
            taken[key] = name

    @property
    def classes(self) -> tuple[str, ...]:
        """All classes that the split names, seen ones first."""
        return (self.seen or ()) + self.unseen

    @property
    def checksum(self) -> str:
        """SHA-256 of what is divided, whatever its name: equal for two names of one split."""
        content = {
            "dataset": self.dataset,
            "seen": None if self.seen is None else sorted(self.seen),
            "unseen": sorted(self.unseen),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def within(self, classes: tuple[str, ...]) -> "Split":
        """This split in a data set's own spelling; an unknown seen list becomes "all classes not unseen" (but ``""``).

        Args:
            classes: The data set's class names.

        Raises:
            UnknownNameError: The data set lacks a class of the split.
            BadInputError: A class of the split matches several of the data set.
        """
        unseen = tuple(match_class(name, classes) for name in self.unseen)
        named = self.seen if self.seen is not None else [name for name in classes if name and name not in unseen]
        seen = tuple(match_class(name, classes) for name in named)
        return Split(self.name, self.dataset, seen, unseen, self.source, self.note)
