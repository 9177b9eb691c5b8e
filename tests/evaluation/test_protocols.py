from dataclasses import replace

import numpy as np
import pytest

from zsr_lib.errors import BadInputError, UnknownNameError
from zsr_lib.evaluation.directions import DIRECTIONS
from zsr_lib.evaluation.protocols import SETTINGS, Protocol, select
from zsr_lib.evaluation.sides import Side

SEEN, UNSEEN = ["airplane", "river"], ["harbor", "runway"]


def side(sizes):
    labels = np.repeat([*SEEN, *UNSEEN], sizes)
    return Side(np.arange(len(labels), dtype=float)[:, None], labels, ids=np.arange(len(labels)))


SKETCHES, PHOTOS = side([30, 30, 20, 20]), side([100, 100, 60, 40])


def chosen(**rules):
    protocol = Protocol(direction="sketch→photo", **rules)
    return select(protocol, SKETCHES, PHOTOS, SEEN, UNSEEN)


def counts(chosen_side):
    is_seen = np.isin(chosen_side.labels, SEEN)
    return int(is_seen.sum()), int((~is_seen).sum())


@pytest.mark.parametrize(("setting", "queries", "gallery"), [
    ("zero-shot", (0, 40), (0, 100)),
    ("seen-class", (60, 0), (200, 0)),
    ("generalised-both-20", (8, 40), (20, 100)),
    ("generalised-gallery-20", (0, 40), (20, 100)),
    ("generalised-gallery-all", (0, 40), (200, 100)),
    ("as given", (60, 40), (200, 100)),
])  # fmt: skip
def test_settings_choose_classes(setting, queries, gallery):
    both = chosen(setting=setting)
    assert [counts(each) for each in both] == [queries, gallery]
    assert all(len(set(each.ids.tolist())) == len(each) for each in both)


def test_random_enlargements_follow_the_seed():
    first, again, other = (chosen(setting="generalised-both-20", seed=seed)[1].ids.tolist() for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_uni_modal_enlargements_are_the_same_items_on_both_sides():
    protocol = Protocol(direction="photo→photo", setting="generalised-both-20", gallery="without-query")
    queries, gallery = select(protocol, PHOTOS, PHOTOS, SEEN, UNSEEN)
    assert queries.ids.tolist() == gallery.ids.tolist()


def test_the_first_ten_of_each_class_as_queries():
    protocol = Protocol(direction="photo→photo", setting="zero-shot", gallery="first-10-query")
    queries, gallery = select(protocol, PHOTOS, PHOTOS, SEEN, UNSEEN)
    assert queries.ids.tolist() == [*range(200, 210), *range(260, 270)]
    assert gallery.ids.tolist() == [*range(210, 260), *range(270, 300)]


def test_one_gallery_item_for_each_query():
    queries, gallery = chosen(setting="zero-shot", gallery="one-per-query")
    assert gallery.labels.tolist() == queries.labels.tolist()
    assert len(set(gallery.ids.tolist())) < len(gallery)


def test_subsamples_are_taken_and_named():
    queries, gallery = chosen(setting="zero-shot", every_query=20, every_gallery=10)
    assert queries.ids.tolist() == [60, 80]
    assert len(gallery) == 10
    assert "1/20 of queries, 1/10 of gallery" in Protocol(every_query=20, every_gallery=10).name


def test_names_tell_protocols_apart():
    base = Protocol("sketch→photo", "zero-shot")
    others = [base, Protocol(), replace(base, ties="stable"), replace(base, distance="l1"),
              replace(base, every_query=2), replace(base, gallery="within-class"),
              replace(base, relevance="pair"), replace(base, relevance="tag"), replace(base, no_relevant="zero"),
              replace(base, rerank=10), replace(base, rerank=20),
              replace(base, gallery="one-per-query"), replace(base, gallery="one-per-query", seed=1),
              *(replace(base, direction=name) for name in DIRECTIONS[1:2]),
              *(replace(base, setting=name) for name in list(SETTINGS)[1:5])]  # fmt: skip
    assert len({protocol.name for protocol in others}) == len(others)
    assert (
        base.name
        == "sketch→photo; zero-shot; gallery all; relevant by class; euclidean; ties expected; no-relevant error"
    )


@pytest.mark.parametrize("direction", ["sketch→sketch", "photo→photo"])
def test_a_query_must_not_find_itself(direction):
    with pytest.raises(BadInputError, match="without-query"):
        Protocol(direction=direction)
    assert Protocol(direction=direction, gallery="without-query")


def test_directions_are_between_any_two_modalities():
    assert Protocol("pan->ms").name.startswith("pan→ms; gallery all; ")
    for wrong in ("pan", "pan→", "pan→ms→sar", "pan; ms→sar"):
        with pytest.raises(BadInputError, match="is no direction"):
            Protocol(wrong)


@pytest.mark.parametrize("wrong", [{"setting": "generalised"}, {"ties": "random"},
                                   {"distance": "dot"}, {"no_relevant": "drop"}, {"gallery": "half"}])  # fmt: skip
def test_unknown_values(wrong):
    with pytest.raises(UnknownNameError):
        Protocol(**wrong)


def test_impossible_choices():
    with pytest.raises(BadInputError, match="overlap"):
        select(Protocol(), SKETCHES, PHOTOS, SEEN, [*UNSEEN, "river"])
    with pytest.raises(BadInputError, match="leaves no queries"):
        select(Protocol(setting="zero-shot"), SKETCHES, PHOTOS, SEEN, ["dam"])
    with pytest.raises(BadInputError, match="needs 8 seen-class items"):
        select(Protocol(setting="generalised-both-20"), SKETCHES, PHOTOS, ["dam"], UNSEEN)
    with pytest.raises(BadInputError, match="no item of class runway"):
        select(Protocol(gallery="one-per-query"), SKETCHES, side([9, 9, 9, 0]), SEEN, UNSEEN)
    with pytest.raises(BadInputError, match="n-th"):
        Protocol(every_query=0)
    with pytest.raises(BadInputError, match="ranked again"):
        Protocol(rerank=-1)
