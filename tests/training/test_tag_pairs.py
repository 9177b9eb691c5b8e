import numpy as np
import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.training.tag_pairs import TagPairs

PHOTO = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1]])
SPEECH = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 1, 0], [1, 0, 0]])


def test_items_of_a_pair_share_the_tag_that_is_their_label():
    draw = TagPairs({"photo": PHOTO, "speech": SPEECH}, 4, seed=3)
    seen = []
    for number in range(60):
        rows = draw(number)
        for name, tags in {"photo": PHOTO, "speech": SPEECH}.items():
            assert tags[rows.own[name], rows.labels].all()
            assert tags[rows.other[name], rows.other_labels].all()
        assert (rows.labels != rows.other_labels).all()
        seen += zip(rows.labels.tolist(), rows.own["photo"].tolist(), strict=True)
    assert set(seen) == set(zip(*np.nonzero(PHOTO.T), strict=True))  # each item for each of its tags
    counts = np.bincount([tag for tag, _ in seen])
    assert counts.max() - counts.min() < 40  # tags equally often, within the draws of 60 batches


def test_a_batch_can_be_made_again():
    one, other = (TagPairs({"photo": PHOTO, "speech": SPEECH}, 4, seed=3) for _ in range(2))
    again, first = other(7), one(7)
    assert (again.labels == first.labels).all()
    assert all((again.own[name] == first.own[name]).all() for name in ("photo", "speech"))


def test_a_label_without_a_partner_is_named():
    with pytest.raises(BadInputError, match="'ship' has no speech items"):
        TagPairs({"photo": PHOTO, "speech": SPEECH[1:]}, 2, names=("car", "tree", "ship"))
