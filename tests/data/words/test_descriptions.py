import pytest

from zsr_lib.data.names import EOC_CLASSES
from zsr_lib.data.scenes import class_names
from zsr_lib.data.sets import sketchy, ucmerced
from zsr_lib.data.words.descriptions import described
from zsr_lib.errors import BadFileError, UnknownNameError


@pytest.mark.parametrize(
    ("where", "classes", "least"),
    [
        ("aerial", ucmerced.CLASSES, 3),
        ("aerial", EOC_CLASSES, 3),
        ("aerial", class_names(), 3),
        ("sketchy", sketchy.CLASSES, 2),
    ],
)
def test_every_class_has_its_sentences(where, classes, least):
    found = described(classes, where)
    assert len(found) == len(classes)
    assert all(len(each) >= least for each in found)
    assert all(one.endswith(".") and len(one.split()) > 3 for each in found for one in each)
    assert len({one for each in found for one in each}) == sum(map(len, found))


def test_a_class_without_description_is_named_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"runwey[\s\S]*runway"):
        described(["river", "runwey"])


def test_a_file_of_ones_own(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("Storage Tank: [Round and white.]\n")
    assert described(["storagetanks"], str(mine)) == [("Round and white.",)]
    with pytest.raises(UnknownNameError, match="file of descriptions"):
        described(["river"], "areal")


@pytest.mark.parametrize("text", ["", "river: wet", "river: []", "river: [3]", "river: [' ']", "- river", "a: ["])
def test_what_holds_no_sentences_by_class_is_refused(tmp_path, text):
    bad = tmp_path / "bad.yaml"
    bad.write_text(text)
    with pytest.raises(BadFileError, match=r"bad\.yaml"):
        described(["river"], str(bad))
