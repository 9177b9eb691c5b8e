import pytest

from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.directions import AS_GIVEN, ends, is_unimodal


def test_any_two_modalities():
    assert ends("sketch→photo") == ("sketch", "photo")
    assert ends("image->text") == ("image", "text")
    assert [is_unimodal(each) for each in ("text→text", "text→image", AS_GIVEN)] == [True, False, False]


@pytest.mark.parametrize("wrong", ["pan", "pan→", "→ms", "pan→ms→sar", "pan; ms→sar", "pan > ms", AS_GIVEN])
def test_other_forms_are_refused(wrong):
    with pytest.raises(BadInputError, match="is no direction"):
        ends(wrong)
