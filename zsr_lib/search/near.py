"""From one code to many, as they are shown to people: distances in their own unit, and scores that grow."""

from typing import TypeVar

import numpy as np

from zsr_lib.evaluation.codes import DISTANCES, check_codes
from zsr_lib.evaluation.distances import block
from zsr_lib.models.method import Method


def distances_for(method: Method) -> tuple[str, ...]:
    """The distances by which a system's codes can be compared, its own one first: bits by ``hamming`` alone."""
    bits = method.distance == "hamming"
    fitting = (name for name in DISTANCES if (name == "hamming") == bits)
    return tuple(sorted(fitting, key=lambda name: name != method.distance))


def distances_from(code: np.ndarray, codes: np.ndarray, distance: str) -> np.ndarray:
    """(N,) float64 distances from a (D,) code to (N, D) codes; Euclidean ones are not squared.

    Raises:
        BadInputError: Codes that cannot be compared.
        UnknownNameError: Unknown distance.
    """
    found = block(check_codes(code[None], codes, distance), 0, 1)[0].astype(np.float64)
    return np.sqrt(found) if distance == "euclidean" else found


Number = TypeVar("Number", float, np.ndarray)


def score_of(distance: Number, name: str) -> Number:
    """What is shown for a distance, or for several, higher is better: the cosine, or minus the distance."""
    return 1 - distance if name == "cosine" else -distance
