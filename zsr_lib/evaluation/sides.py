"""One side of a retrieval experiment: codes with labels and ids."""

from dataclasses import dataclass, fields

import numpy as np

from zsr_lib.errors import BadInputError


@dataclass(frozen=True, eq=False)
class Side:
    """Queries or gallery.

    Attributes:
        codes: (N, D) numbers or (N, B) packed bits.
        labels: (N,) class names or numbers, or (N, C) 0/1 for several labels an item.
        ids: (N,) what tells items apart, for self-exclusion; None where it is not needed.
        pairs: (N,) what two partner items have in common ('' for none), for relevance by pair; None where not needed.
        tags: (N, L) 0/1, for relevance by tag; None where the labels are such a matrix themselves, or it is not needed.
        tokens: (N, T, D) what a second stage scores pairs by; None where there is none.
        asked: (N, D) codes that the items search with as queries; None where these are `codes`.

    Raises:
        BadInputError: Lengths disagree.
    """

    codes: np.ndarray
    labels: np.ndarray
    ids: np.ndarray | None = None
    pairs: np.ndarray | None = None
    tags: np.ndarray | None = None
    tokens: np.ndarray | None = None
    asked: np.ndarray | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and (np.ndim(value) == 0 or len(value) != len(self.codes)):
                raise BadInputError(
                    f"{field.name} of shape {np.shape(value)} do not fit {len(self.codes)} codes.",
                    "give one label (and id) for each code, in the same order.",
                )

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: np.ndarray) -> "Side":
        """The items at `rows`, in that order."""
        values = (getattr(self, field.name) for field in fields(self))
        return Side(*(None if value is None else np.asarray(value)[rows] for value in values))

    @property
    def tag_matrix(self) -> np.ndarray:
        """(N, L) 0/1: the tags, or labels that are such a matrix.

        Raises:
            BadInputError: There is neither.
        """
        return np.asarray(self.labels if np.ndim(self.labels) == 2 else self.needed("tags", "relevance by tag"))

    def needed(self, name: str, purpose: str) -> np.ndarray:
        """The attribute `name`, which must have been given.

        Raises:
            BadInputError: It is None.
        """
        value = getattr(self, name)
        if value is None:
            raise BadInputError(
                f"{purpose} needs {name}, but there are none.",
                f"give {name} for queries and gallery; in a file they are query_{name} and gallery_{name}.",
            )
        return value
