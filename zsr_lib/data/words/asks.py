"""Composed queries as items: a drawing and a sentence that ask together for one photo."""

from dataclasses import replace

import numpy as np

from zsr_lib.data.items import ItemSet
from zsr_lib.rng import rng

ASK = "ask"
"""The modality: pixels of a sketch, a sentence about a photo of the sketch's class, and that photo's id in `pairs`."""
STREAM = 23


def asked_together(sketches: ItemSet, text: ItemSet) -> ItemSet:
    """Each sketch with a sentence about a photo of its class, drawn by the sketch's place; others drop out.

    Args:
        sketches: With pixels; none was drawn from a photo here.
        text: With sentences and partners, of the same classes.

    Returns:
        Items of the sketches' ids, labels and origin; what is wanted is the sentence's photo.
    """
    of_class = {label: np.flatnonzero(text.labels == label) for label in np.unique(text.labels).tolist()}
    rows = np.flatnonzero(np.isin(sketches.labels, list(of_class)))
    drawn = np.array([rng(int(row), STREAM).choice(of_class[int(sketches.labels[row])]) for row in rows], np.int64)
    return replace(sketches.take(rows), modality=ASK, sentences=text.sentences[drawn], pairs=text.pairs[drawn])
