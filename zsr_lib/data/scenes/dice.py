"""Random draws that are the same on every machine.

Only uniform doubles and bytes are taken from the generator: NumPy keeps those streams stable, while the tails of
``normal`` go through the C library, whose last bit differs between systems.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Dice:
    """A PCG64 stream seeded by the SHA-256 of its key.

    Args:
        key: What the stream is for, for example ``("runway", seed, index, "shape")``; equal keys give equal draws.
    """

    def __init__(self, *key: object) -> None:
        digest = hashlib.sha256("\x1f".join(str(part) for part in key).encode()).digest()
        self._generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))
        self._pool: list[float] = []

    def unit(self) -> float:
        """A double in [0, 1)."""
        if not self._pool:
            # Drawn in blocks: a call into NumPy for each number would cost more than the drawing of a scene.
            self._pool = self._generator.random(128).tolist()
        return self._pool.pop()

    def uniform(self, low: float, high: float) -> float:
        """A double in [low, high)."""
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """An integer in low … high, both included."""
        return low + int(self.unit() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self.unit() < probability

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`, each as likely; repeat an option to make it likelier."""
        return options[self.whole(0, len(options) - 1)]

    def bell(self, spread: float) -> float:
        """A bell-shaped draw around 0 with standard deviation `spread`: four uniforms summed."""
        return (self.unit() + self.unit() + self.unit() + self.unit() - 2.0) * 1.7320508 * spread

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """A shuffled copy (Fisher–Yates)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.whole(0, last)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def grid(self, *shape: int) -> np.ndarray:
        """Random bytes: uint8 array of the given shape."""
        return self._generator.integers(0, 256, size=shape, dtype=np.uint8)
