import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zsr_lib.data.division import checksum, divide
from zsr_lib.data.groups import GROUPS
from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset
from zsr_lib.data.splits import ItemSplit, get_split
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError, UnknownNameError

CLASSES = ("GE1", "IK")
SIDE, TILE = 12, 64


def tiles(modality, other=None):
    """12 × 12 tiles of 64 units in each of two scenes; ids are those of the partner but for the modality."""
    rows = [(scene, row, column) for scene in range(2) for row in range(SIDE) for column in range(SIDE)]
    places = np.array([(scene, TILE * r, TILE * c, TILE * (r + 1), TILE * (c + 1)) for scene, r, c in rows], float)
    names = [f"{CLASSES[scene]}/{row}-{column}" for scene, row, column in rows]
    labels = np.array([scene for scene, _, _ in rows])
    pairs = None if other is None else np.array([f"{each}@{other}" for each in names])
    ids = np.array([f"{each}@{modality}" for each in names])
    return ItemSet(ids, labels, CLASSES, modality, "camera", pairs=pairs, footprints=places)


def both():
    return {"pan": tiles("pan", "ms"), "ms": tiles("ms")}


def without_modality(ids):
    return {each.partition("@")[0] for each in ids}


@settings(max_examples=20, deadline=None)
@given(st.floats(0.05, 0.9), st.integers(0, 2**31), st.integers(0, 2**31))
def test_partners_stay_together_and_no_item_is_lost(share, seed, other_seed):
    items = both()
    division = divide(ItemSplit(share, seed), items, other_seed)
    for group in GROUPS:
        assert without_modality(division[group]["pan"]) == without_modality(division[group]["ms"])
    assert len(division["unseen"]["pan"]) == 2 * round(share * 144)
    assert sum(len(division[group]["ms"]) for group in GROUPS) == 288
    assert len(frozenset.union(*(division[group]["ms"] for group in GROUPS))) == 288
    left = 144 - round(share * 144)
    assert len(division["validation"]["pan"]) == 2 * round(0.2 * left)


def test_a_choice_is_the_same_whatever_the_order_and_another_with_another_seed():
    items = both()
    turned = {name: each.take(np.arange(len(each))[::-1]) for name, each in reversed(items.items())}
    split = ItemSplit(0.2, 3)
    assert divide(split, items) == divide(split, turned)
    assert divide(split, items) != divide(ItemSplit(0.2, 4), items)
    assert divide(split, items, 0)["unseen"] == divide(split, items, 1)["unseen"]
    assert divide(split, items, 0)["validation"] != divide(split, items, 1)["validation"]
    assert not any(divide(split, items, validation=False)["validation"].values())


def test_the_choice_is_by_sha256():
    items = {"ms": tiles("ms").take(np.arange(10))}
    ranked = sorted(items["ms"].ids.tolist(), key=lambda name: hashlib.sha256(f"0/ms/{name}".encode()).digest())
    assert divide(ItemSplit(0.2, 0, "item"), items)["unseen"]["ms"] == frozenset(ranked[:2])


@pytest.mark.parametrize("by", ["pair", "place"])
def test_no_training_tile_lies_within_the_guard_band(by):
    items, band = both(), 64.0
    division = divide(ItemSplit(0.1, 1, by, band), items)
    places = dict(zip(items["ms"].ids.tolist(), items["ms"].footprints.tolist(), strict=True))

    def gap(one, other):
        (scene, top, left, bottom, right), (scene2, top2, left2, bottom2, right2) = one, other
        if scene != scene2:
            return np.inf
        return np.hypot(max(top2 - bottom, top - bottom2, 0), max(left2 - right, left - right2, 0))

    trained = division["seen"]["ms"] | division["validation"]["ms"]
    tested = division["unseen"]["ms"]
    gaps = {each: min(gap(places[each], places[other]) for other in tested) for each in places if each not in tested}
    assert min(gaps[each] for each in trained) >= band
    assert {each for each, far in gaps.items() if far >= band} == trained
    assert without_modality(division["seen"]["ms"]) == without_modality(division["seen"]["pan"])


def test_by_place_whole_squares_are_tested():
    division = divide(ItemSplit(0.2, 0, "place", 64), both())
    squares = {}
    for name in division["unseen"]["pan"]:
        scene, _, place = name.partition("@")[0].partition("/")
        row, column = map(int, place.split("-"))
        squares.setdefault((scene, row // 4, column // 4), []).append(name)
    assert sorted(scene for scene, *_ in squares) == ["GE1"] * 2 + ["IK"] * 2
    assert {len(held) for held in squares.values()} == {16}


@pytest.mark.parametrize(
    ("split", "items", "message"),
    [
        (ItemSplit(0.2), {"ms": tiles("ms")}, "no item knows a partner"),
        (ItemSplit(0.2), {"pan": tiles("pan", "ms")}, "the partner 'GE1/0-0@ms' of pan item 'GE1/0-0@pan' is not in"),
        (ItemSplit(0.2, 0, "item", 1), {"ms": replace(tiles("ms"), footprints=None)}, "no item has a footprint"),
        (ItemSplit(0.5, 0, "pair", 500), both(), "leaves 0 items to train on"),
        (ItemSplit(0.001, 0, "item"), {"ms": tiles("ms").take(np.arange(9))}, "and 0 to test with"),
    ],
)
def test_what_cannot_be_divided_says_why(split, items, message):
    with pytest.raises(BadInputError, match=message):
        divide(split, items)


def test_by_item_every_modality_gives_its_share_of_each_class():
    division = divide(ItemSplit(0.25, 0, "item"), both())
    for ids in division["unseen"].values():
        assert sorted(each.partition("/")[0] for each in ids) == ["GE1"] * 36 + ["IK"] * 36


def test_items_without_a_partner_stand_alone():
    pan = tiles("pan", "ms")
    pan = replace(pan, pairs=np.where(np.arange(288) < 10, "", pan.pairs))
    division = divide(ItemSplit(0.5), {"pan": pan, "ms": tiles("ms")})
    assert without_modality(division["unseen"]["pan"]) != without_modality(division["unseen"]["ms"])


@pytest.mark.parametrize("split", [ItemSplit(0.2), ItemSplit(0.125, 7, "item"), ItemSplit(0.3, 1, "place", 64)])
def test_a_name_says_all_and_is_read_again(split):
    assert get_split(split.name) == split
    assert f"{100 * split.share:g} % of the items" in split.note


@pytest.mark.parametrize("name", ["by-pair-20", "by-pair-0-choice-1", "by-pair-x-choice-1", "by-place-20-choice-0"])
def test_names_of_another_form_are_refused(name):
    with pytest.raises(BadInputError, match="split by"):
        get_split(name)


def test_an_unknown_way_to_keep_items_together_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean pair"):
        get_split("by-pairs-20-choice-0")


def task(split="by-pair-25-choice-0", **more):
    return build_task(Dataset("scenes", CLASSES, both(), "abc"), split, **more)


def test_a_task_of_items_has_disjoint_items_of_the_same_classes():
    made = task()
    assert made.setting == "seen-class"
    assert made.seen == made.validation == made.unseen == CLASSES
    ids = [set(made.items(group, "pan").ids.tolist()) for group in GROUPS]
    assert [len(each) for each in ids] == [172, 44, 72]
    assert len(set.union(*ids)) == 288
    assert set(made.test_items("ms").ids) == made.division["unseen"]["ms"]
    assert made.training_items("seen", "ms").ids.tolist() == made.items("seen", "ms").ids.tolist()
    with pytest.raises(BadInputError, match="nothing is trained on unseen"):
        made.training_items("unseen", "ms")


def test_its_record_says_which_items_they_are():
    made = task(seed=5)
    text = made.describe()
    assert text["protocol"] == "seen-class by-pair-25-choice-0 on scenes, 88 validation items by seed 5"
    assert text["split_checksum"] == checksum(made.division) != task(seed=6).describe()["split_checksum"]
    assert text["items"]["ms"] == {"seen": 172, "validation": 44, "unseen": 72}
    assert text["photos"] == {"seen": 0, "validation": 0, "unseen": 0}
    assert not task(validation_classes=0).items("validation", "ms").ids.tolist()


def test_what_may_show_the_test_items_is_refused():
    with pytest.raises(BadInputError, match="may show those that are held out"):
        task(auxiliary=(Dataset("a", CLASSES, both(), ""),))
