"""Sentences as the words in them, without training: nobody's vocabulary has seen an unseen class."""

import numpy as np

from zsr_lib.errors import BadInputError

WORDS = 1024
"""Numbers of a sentence; few enough to share, so that two words in some hundred fall on one place."""


def hashed_words(sentences: np.ndarray) -> np.ndarray:
    """(N,) texts → (N, 1024) float32 counts of words, each at the place and with the sign of its hash; unit length.

    Source: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009, as scikit-learn has it.

    Raises:
        BadInputError: A sentence has no word of two letters or more; all such would be one point, near to nothing.
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    made = HashingVectorizer(n_features=WORDS, norm="l2", dtype=np.float32).transform(np.asarray(sentences).tolist())
    if len(empty := np.flatnonzero(made.getnnz(axis=1) == 0)):
        raise BadInputError(
            f"{len(empty)} sentences have no word, the first is number {empty[0]} ('{sentences[empty[0]]}').",
            "leave these items out, or write what they show.",
        )
    return made.toarray()
