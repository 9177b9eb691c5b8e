import doctest

import numpy as np

from zsr_lib.data.words import graph as room
from zsr_lib.data.words.graph import RELATIONS, graph, nouns_in, triples_of, with_knowledge


def test_the_file_has_known_relations_and_plain_nouns():
    assert {relation for known in graph().values() for relation in known} == set(RELATIONS)
    assert all(noun == noun.lower() and noun.isalpha() for noun in graph())
    assert all(isinstance(what, list) and all(what) for known in graph().values() for what in known.values())


def test_plurals_find_their_noun_and_each_noun_counts_once():
    assert nouns_in("Rivers, RIVER and bushes; beaches!") == ["river", "bush", "beach"]
    assert nouns_in("nothing of that") == []


def test_a_noun_brings_its_first_triples_in_the_order_of_relations():
    assert triples_of("a runway", 2) == [("runway", "part_of", "an airport"), ("runway", "has", "painted markings")]


def test_knowledge_follows_the_sentence():
    made = with_knowledge(np.array(["a runway", "a quonk"]), 1)
    assert made.tolist() == ["a runway runway is part of an airport.", "a quonk"]
    same = np.array(["a runway"])
    assert with_knowledge(same, 0) is same
    assert len(with_knowledge(np.array([], dtype=str), 1)) == 0


def test_examples():
    assert doctest.testmod(room).failed == 0
