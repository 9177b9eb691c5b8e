import pytest

from zsr_lib.data.splits import Split
from zsr_lib.errors import BadInputError, UnknownNameError


def make(seen=("cat", "dog"), unseen=("owl",), name="mine"):
    return Split(name, "zoo", seen, unseen)


@pytest.mark.parametrize(
    ("seen", "unseen"),
    [
        (("cat", "owl"), ("owl",)),
        (("cat", "owls"), ("Owl",)),
        (("airplane",), ("Aeroplane",)),
        (("cat", "cat"), ("owl",)),
        ((), ("owl", "owl")),
        (("cat",), ()),
    ],
    ids=["overlap", "plural", "alias", "seen twice", "unseen twice", "nothing unseen"],
)
def test_overlap_cannot_be_built(seen, unseen):
    with pytest.raises(BadInputError, match="split 'mine'"):
        make(seen, unseen)


def test_checksum_is_of_the_division_not_of_the_name_or_order():
    assert make().checksum == make(("dog", "cat"), name="other").checksum
    assert make().checksum != make(("dog",)).checksum
    assert make().checksum != make(None).checksum
    assert make(()).checksum != make(None).checksum


def test_within_takes_the_data_sets_spelling():
    split = make(("aeroplane",), ("Storage tank",)).within(("airplane", "storagetanks", "river"))
    assert (split.seen, split.unseen) == (("airplane",), ("storagetanks",))


def test_within_resolves_an_unknown_seen_list():
    assert make(None).within(("ant", "owl", "cat")).seen == ("ant", "cat")


def test_within_names_a_class_that_the_data_set_lacks():
    with pytest.raises(UnknownNameError, match="did you mean owls2"):
        make().within(("cat", "dog", "owls2"))
