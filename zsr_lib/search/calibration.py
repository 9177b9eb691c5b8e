"""What a score means: the share of hits with such a score that were what was drawn, measured where labels are known.

A cosine of 0.8 is a number of a system, not a chance. Sketches with a class are compared with pictures with a class;
over all pairs, the share of one class is fitted as a function of the score that never falls (isotonic regression). It
holds for sketches and an archive like these, and for classes that are as common there: `prevalence` says how common.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.files import write_text

NAME = "calibration.json"
FIRST = 20
"""Hits whose expected and true share of the right class are compared."""


@dataclass(frozen=True)
class Calibration:
    """Shares by score.

    Attributes:
        source: Where it was measured, in words.
        scores: Ascending.
        shares: Of pairs with such a score that were of one class, 0 to 1, never falling.
        queries: Number of sketches.
        pictures: Number of pictures.
        prevalence: Share of all pairs that were of one class: what a random order would find.
        error: By how much the expected share among the first `FIRST` was off, on average over the sketches of classes
            that had no part in the fit.
    """

    source: str
    scores: tuple[float, ...]
    shares: tuple[float, ...]
    queries: int
    pictures: int
    prevalence: float
    error: float

    def expected(self, scores: Sequence[float]) -> list[float]:
        """The share for each score, straight lines between those that were measured."""
        return np.interp(scores, self.scores, self.shares).tolist() if len(scores) else []

    def in_words(self, shares: Sequence[float]) -> str:
        """What to expect of hits with such shares, and how sure that is."""
        return (
            f"about {sum(shares):.0f} of these {len(shares)} are expected to be what was drawn, as {self.source} "
            f"tell ({self.queries} sketches, {self.pictures} pictures, {self.prevalence:.0%} of them of the class "
            f"drawn; for classes that were left out the share was off by {self.error:.2f} on average)."
        )


def calibrated(scores: np.ndarray, sketches: np.ndarray, pictures: np.ndarray, source: str) -> Calibration:
    """Measures what scores mean.

    Args:
        scores: (Q, N) of each sketch and picture, higher is better.
        sketches: (Q,) names of classes.
        pictures: (N,) names of classes.
        source: As in `Calibration`.

    Raises:
        BadInputError: Fewer than two classes were drawn, or none of their pictures is there.
    """
    right = sketches[:, None] == pictures[None]
    classes = np.unique(sketches)
    if len(classes) < 2 or not right.any():
        raise BadInputError(
            f"sketches of {len(classes)} classes and {int(right.sum())} pairs of one class.",
            "give sketches of two classes or more, in folders that are called like folders of the archive.",
        )
    at, shares = _isotonic(scores, right)
    first = np.argsort(-scores, axis=1, kind="stable")[:, :FIRST]
    true = np.take_along_axis(right, first, axis=1).mean(axis=1)
    told = np.empty(len(sketches))
    for name in classes:
        ours = sketches == name
        expected = np.interp(np.take_along_axis(scores, first, axis=1)[ours], *_isotonic(scores[~ours], right[~ours]))
        told[ours] = expected.mean(axis=1)
    rounded = (tuple(np.round(each, 4).tolist()) for each in (at, shares))
    error = float(np.abs(told - true).mean())
    return Calibration(source, *rounded, *scores.shape, round(float(right.mean()), 4), round(error, 4))


def _isotonic(scores: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores, ascending, and the shares there: the corners of the fit."""
    from sklearn.isotonic import IsotonicRegression

    fit = IsotonicRegression(y_min=0, y_max=1).fit(scores.ravel().astype(np.float64), right.ravel())
    return fit.X_thresholds_, fit.y_thresholds_


def write_calibration(folder: Path, calibration: Calibration) -> None:
    """Puts a calibration beside a system, or into an index, where it goes before the system's.

    Raises:
        ZsrError: The disk is full, or the folder cannot be written.
    """
    told = asdict(calibration)
    write_text(folder / NAME, json.dumps(told | {"seal": _seal(told)}, indent=None, ensure_ascii=False) + "\n")


def read_calibration(folder: Path) -> Calibration | None:
    """What `write_calibration` wrote there; None if it never did.

    Raises:
        BadFileError: It is damaged.
    """
    path = folder / NAME
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told.pop("seal") != _seal(told):
            raise ValueError("it is not what was written")
        return Calibration(**told | {name: tuple(told[name]) for name in ("scores", "shares")})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadFileError(f"{path} is damaged ({error}).", "delete it, or make it again: zsr calibrate.") from error


def _seal(told: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(told, sort_keys=True).encode())
