"""NumPy's random numbers from a key, made again whenever they are asked for: nothing depends on earlier draws."""

import numpy as np


def rng(*key: int) -> np.random.Generator:
    """Gives the generator of a key; keys that differ anywhere give unrelated numbers.

    Args:
        *key: A seed, and whatever else tells the draws apart: the number of a batch or class, and a stream, which is
            another constant for each purpose. Every part counts modulo 2**64.

    >>> rng(0, 7, 1).integers(100) == rng(0, 7, 1).integers(100)
    True
    """
    return np.random.default_rng([part % 2**64 for part in key])
