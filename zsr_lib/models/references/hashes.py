"""Bits that nobody has to learn: means of neighbouring numbers, and the sides of random hyperplanes.

Both are projections whose signs are the bits, as those of `zsr_lib.models.references.itq` are.
"""

import numpy as np

from zsr_lib.errors import BadInputError


def check_length(bits: int, size: int, how: str) -> None:
    """Makes sure that a hash is not longer than the code that it stands for.

    Raises:
        BadInputError: It is.
    """
    if not 1 <= bits <= size:
        raise BadInputError(
            f"'{how}' cannot make a hash of {bits} bits from a code of {size} numbers.",
            f"ask for 1 to {size} bits, or take a system with longer codes.",
        )


def grouped_means(size: int, bits: int) -> np.ndarray:
    """(D, B) projection to the means of B groups of neighbouring numbers.

    METHODS.md §7.4 ("trivial hash", arXiv 2403.02059). Where B does not divide D, which the source does not speak of,
    the groups' sizes differ by at most one, the larger ones first.

    Args:
        size: D.
        bits: B, at most D.

    Raises:
        BadInputError: More bits than numbers.

    >>> grouped_means(4, 2).T
    array([[0.5, 0.5, 0. , 0. ],
           [0. , 0. , 0.5, 0.5]])
    """
    check_length(bits, size, "mean")
    projection = np.zeros((size, bits))
    for group, rows in enumerate(np.array_split(np.arange(size), bits)):
        projection[rows, group] = 1 / len(rows)
    return projection


def random_hyperplanes(size: int, bits: int, seed: int) -> np.ndarray:
    """(D, B) normals of random hyperplanes through the origin; a bit says on which side a code lies.

    Two codes at an angle θ differ in a bit with probability θ / π (Charikar, "Similarity Estimation Techniques from
    Rounding Algorithms", STOC 2002, section 3).

    Args:
        size: D.
        bits: B, at most D: more would be no compression of the directions.
        seed: Of the normals. Queries and gallery need the same ones; the source draws them twice from one seed.

    Raises:
        BadInputError: More bits than numbers.
    """
    check_length(bits, size, "lsh")
    return np.random.default_rng(seed).normal(size=(size, bits))
