"""The generated scenes that tests share; an instance is the same however many of its class are drawn."""

from dataclasses import replace

import numpy as np

from zsr_lib.data.datasets import load_dataset

PER_CLASS = 20


def all_scenes():
    """The data set from the store that all workers of a run have in common, drawn by whoever comes first."""
    return load_dataset("generated", size=64, per_class=PER_CLASS, progress=False)


def first(dataset, count):
    """The same data set with the first `count` photos and sketches of each class only."""

    def few(items):
        return items.take(np.concatenate([items.rows_of([name])[:count] for name in items.classes]))

    return replace(dataset, items={name: few(items) for name, items in dataset.items.items()})
