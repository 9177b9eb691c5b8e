"""A small graph of common knowledge: what a noun in a caption is, has, is for and stands near; as sentences.

In ConceptNet's form (Speer, Chin and Havasi, "ConceptNet 5.5", AAAI 2017), but of our own making: nothing is taken from
it or from a knowledge graph of remote sensing.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import yaml

RELATIONS = {
    "is_a": "is a kind of",
    "part_of": "is part of",
    "has": "has",
    "made_of": "is made of",
    "used_for": "is used for",
    "near": "is near",
}
"""Relation → its words; in this order, the most general first."""

Triple = tuple[str, str, str]


@cache
def graph() -> Mapping[str, Mapping[str, list[str]]]:
    """Noun → relation → what, from the file beside this one."""
    return yaml.safe_load(Path(__file__).with_name("graph.yaml").read_text(encoding="utf-8"))


def nouns_in(sentence: str) -> list[str]:
    """The graph's nouns that a sentence has, singular or plural, in its order and each once.

    Nobody tags words here: a verb that is spelled like a noun ("houses stand") is taken for it.

    >>> nouns_in("Two airplanes wait near the planes and a runway.")
    ['airplane', 'plane', 'runway']
    """
    words = re.findall(r"[a-z]+", sentence.lower())
    forms = ((word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word)) for word in words)
    return list(dict.fromkeys(noun for each in forms if (noun := next((f for f in each if f in graph()), None))))


def triples_of(sentence: str, each: int = 3) -> list[Triple]:
    """The first triples of each noun in a sentence, noun after noun.

    Args:
        sentence: English.
        each: Most triples of a noun, in the order of `RELATIONS`.
    """
    found = []
    for noun in nouns_in(sentence):
        known = graph()[noun]
        own = [(noun, relation, what) for relation in RELATIONS for what in known.get(relation, ())]
        found += own[:each]
    return found


def as_sentence(triple: Triple) -> str:
    """A triple in words.

    >>> as_sentence(("runway", "part_of", "an airport"))
    'runway is part of an airport.'
    """
    noun, relation, what = triple
    return f"{noun} {RELATIONS[relation]} {what}."


def with_knowledge(sentences: np.ndarray, each: int = 3) -> np.ndarray:
    """(N,) sentences → (N,) the same, followed by what the graph knows of their nouns; unchanged where it knows none.

    Args:
        sentences: (N,) texts.
        each: Most triples of a noun; 0 leaves all as they are.
    """
    if not each:
        return sentences
    joined = (" ".join([said, *map(as_sentence, triples_of(said, each))]) for said in sentences.tolist())
    return np.array(list(joined)) if len(sentences) else sentences
